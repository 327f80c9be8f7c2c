local cresset = require("cresset")
local data = require("cresset.data")
local files = require("spec.support.files")

local function error_of(f, ...)
  local good, message = pcall(f, ...)
  assert.is_false(good)
  return message
end

local function rows_of(text, options)
  options = options or {}
  options.text = text
  return data.Table(options).rows
end

local weather = [[
outlook,temperature,humidity,play
sunny,29.5,85,no
sunny,27,?,no
overcast,28,78,yes
rain,21,,yes
NA,20,80,yes
]]

describe("data.Table", function()
  after_each(files.clean)

  it("reads fields, quotes and lines", function()
    assert.same({ { 1, "x" }, { 2, "y" } }, rows_of("a,b\n1,x\r\n2,y"))
    assert.same({ { 1, "x" }, { 2, "y" } }, rows_of("\239\187\191a;b\r1;x\r\r2;y\r"))
    assert.same({ { "a,b", 'say "hi"', "two\nlines" }, { "", "c", "d e" } },
      rows_of('p,q,r\n"a,b","say ""hi""","two\nlines"\n"",c,d e\n', { missing = {} }))
    assert.same({ { "x", "y" } }, rows_of("x|y", { header = false }))
    assert.same({ { "a;b" } }, rows_of("h\na;b", { separator = "," }))
    assert.same({ { 1, 2 } }, rows_of("a\tb\n1\t2"))
    assert.same({ { "1", "" }, { "x", "y" } }, rows_of("a,b\n1,\nx,y", { missing = {} }))
    local path = files.write(files.gzip("a\n5\n"))
    assert.same({ { 5 } }, data.Table { path = path }.rows)
  end)

  it("tells numbers from words, and what is missing", function()
    local t = data.Table { text = weather }
    assert.same({ "outlook", "temperature", "humidity", "play" }, t.columns)
    assert.same({ "word", "number", "number", "word" }, t.kinds)
    assert.equal(5, #t)
    assert.same({ 29.5, 27, 28, 21, 20 }, t:column("temperature"))
    assert.equal(3, t:missing())
    assert.equal(2, t:missing("humidity"))
    assert.equal("data.Table(5 rows: outlook, temperature, humidity, play)", tostring(t))
    for _, text in ipairs { "0x10", "1e999", "nan", "1 2", "-", "1,5" } do
      assert.equal("word", data.Table { text = ('h\n"%s"\n5'):format(text), missing = {} }.kinds[1])
    end
    for _, text in ipairs { "-1.5e-3", ".5", "+7", " 3 " } do
      assert.equal("number", data.Table { text = "h\n" .. text }.kinds[1])
    end
  end)

  it("fills or drops what is missing", function()
    local t = data.Table { text = weather }:fillMissing()
    assert.equal(0, t:missing())
    assert.same({ 85, 81, 78, 81, 80 }, t:column("humidity"))
    assert.equal("sunny", t:column("outlook")[5])
    t = data.Table { text = weather }:dropMissing()
    assert.same({ "sunny", "overcast" }, t:column("outlook"))
    assert.equal("data.Table:tensor: row 2 has no value for 'humidity': see fillMissing and "
      .. "dropMissing", error_of(t.tensor, data.Table { text = weather }, { "humidity" }))
  end)

  it("makes numbers from 0 to 1, and classes", function()
    local t = data.Table { text = weather }:fillMissing()
    local inputs, encoder = t:tensor { "outlook", "temperature" }
    assert.same({ "outlook=overcast", "outlook=rain", "outlook=sunny", "temperature" },
      encoder:names())
    assert.same({ 0, 0, 1, 1 }, inputs[1]:totable())
    assert.same({ 0, 1, 0 }, inputs[4]:narrow(1, 1, 3):totable())
    assert.near(1 / 9.5, inputs[4][4], 1e-6)
    local labels, classes = t:labels("play")
    assert.same({ "no", "yes" }, classes)
    assert.same({ 1, 1, 2, 2, 2 }, labels:totable())
    local set = t:dataset("play")
    assert.same({ 5, 5 }, set.images:size():totable())
    assert.same({ "no", "yes" }, set.classes)
    assert.same({ "20", "21", "27", "28", "29.5" }, select(2, t:labels("temperature")))
    -- other rows by the same rule
    local other = data.Table { text = "outlook,temperature\nrain,39\n" }
    assert.same({ { 0, 1, 0, 2 } }, other:tensor({ "outlook", "temperature" }, encoder):totable())
  end)

  it("says where a file is wrong", function()
    local function fails(text, options)
      if type(options) == "string" then options = { text = options } end
      assert.equal("data.Table: " .. text, error_of(data.Table, options))
    end
    fails("line 3: expected 2 fields, got 1", "a,b\n1,2\n3\n")
    fails("line 4: expected 1 fields, got 2", 'a\n"x\ny"\n1,2\n')
    fails("line 2: a quote is not closed", 'a\n"x\n1\n')
    fails("line 2: something follows a quote that was closed", 'a\n"x"y\n')
    fails("line 2: a quote within a field without quotes", 'a\nx"y\n')
    fails("there are two columns 'a'", "a,a\n1,2\n")
    fails("the table is empty", "\n\n")
    fails("either 'path' or 'text' must be given", {})
    fails("there is no option 'x'", { x = 1 })
    fails("'separator' must be one character, got \"ab\"", { text = "a", separator = "ab" })
    local t = data.Table { text = weather }
    assert.equal("data.Table:column: there is no column 'x'; there are: outlook, temperature, "
      .. "humidity, play", error_of(t.column, t, "x"))
    assert.equal("data.Table:tensor: 'encoder' must be a data.Encoder, got 5",
      error_of(t.tensor, t, { "temperature" }, 5))
    assert.equal("data.Table:labels: there are no rows",
      error_of(t.labels, data.Table { text = "a\n" }, "a"))
  end)
end)

describe("data.ImageFolder", function()
  after_each(files.clean)

  local function make()
    local root = files.folder()
    for _, name in ipairs { "b/deep", "a", "empty", ".hidden" } do
      assert(cresset.paths.mkdir(root .. "/" .. name))
    end
    local function save(name, value, h, w)
      cresset.image.save(root .. "/" .. name, cresset.zeros(3, h or 2, w or 3):fill(value))
    end
    save("b/two.png", 0.2)
    save("b/deep/one.PNG", 0.4)
    save("a/x.png", 0.6)
    save(".hidden/y.png", 0)
    save("top.png", 0)
    files.write("no picture")
    assert(io.open(root .. "/a/notes.txt", "w")):close()
    return root, save
  end

  it("finds classes and pictures, and reads them when asked", function()
    local root, save = make()
    local folder = data.ImageFolder(root)
    assert.same({ "a", "b" }, folder.classes)
    assert.same({ 1, 2, 2 }, folder.labels:totable())
    assert.equal(("data.ImageFolder(%s: 3 pictures, 2 classes)"):format(root), tostring(folder))
    for k, value in ipairs { 0.6, 0.4, 0.2 } do
      local picture, label = folder:get(k)
      assert.same({ 3, 2, 3 }, picture:size():totable())
      assert.near(value, picture[1][1][1], 1e-6)
      assert.equal(math.min(k, 2), label)
    end
    assert.same({ 3, 3, 2, 3 }, folder:dataset().images:size():totable())
    save("a/z.png", 1, 4, 4)
    assert.truthy(error_of(folder.dataset, data.ImageFolder(root)):find("z.png' is 3x4x4, the "
      .. "first picture 3x2x3: see 'width' and 'height'", 1, true))
    local small = data.ImageFolder(root, { channels = 1, width = 2, height = 1,
      each = function(x) return x * 2 end })
    assert.same({ 4, 1, 1, 2 }, small:dataset().images:size():totable())
    assert.near(1.2, (small:get(1))[1][1][1], 0.02)
    local loader = data.Loader(small, 3, { workers = 1 })
    local counts = {}
    for x, y in loader do counts[#counts + 1] = { x:size(1), y:sum() } end
    loader:close()
    assert.same({ { 3, 4 }, { 1, 2 } }, counts)
  end)

  it("reads JPEG pictures where cresset was built with libjpeg", function()
    if not cresset.optionalParts().jpeg then return pending("libjpeg is not built in") end
    local root, save = make()
    assert(cresset.paths.mkdir(root .. "/c"))
    save("b/one.jpg", 0.8, 8, 16)
    save("c/two.JPEG", 0.3, 8, 16)
    local folder = data.ImageFolder(root)
    assert.same({ "a", "b", "c" }, folder.classes)
    assert.same({ 1, 2, 2, 2, 3 }, folder.labels:totable())
    local picture, label = folder:get(5)
    assert.same({ 3, 8, 16 }, picture:size():totable())
    assert.near(0.3, picture:mean(), 0.01)
    assert.equal(3, label)
    assert.near(0.8, (folder:get(3)):mean(), 0.01)
  end)

  it("says what is wrong", function()
    local root = make()
    local function fails(text, ...)
      assert.equal("data.ImageFolder: " .. text, error_of(data.ImageFolder, ...))
    end
    fails(("there are no pictures in folders of '%s/empty'"):format(root), root .. "/empty")
    fails("'width' and 'height' go together", root, { width = 3 })
    fails("'channels' must be 1 or 3, got 2", root, { channels = 2 })
    fails("there is no option 'size'", root, { size = 3 })
    assert.truthy(error_of(data.ImageFolder, "/no/such"):find("'/no/such' cannot be read"))
    local folder = data.ImageFolder(root)
    assert.equal("data.ImageFolder:get: 'index' must be an integer from 1 to 3, got 4",
      error_of(folder.get, folder, 4))
    local file = assert(io.open(folder.paths[1], "wb"))
    file:write("broken"):close()
    assert.truthy(error_of(folder.get, folder, 1):find("^data%.ImageFolder:get: .*x%.png"))
  end)
end)
