-- Variational autoencoders: every picture gets a place on a plane, and every place a picture.
--
-- Kingma and Welling 2014; Sohn, Lee and Yan 2015 (with labels). The encoder says where on the
-- plane a picture lies, and how surely; the decoder draws what lies at a place. Both learn by
-- raising the evidence lower bound of the pictures' log probability. A second network is told the
-- labels, so that its plane is left for style, and draws the classes that it is asked for; a
-- classifier that was trained on real pictures says how often it gets them right. Writes
-- out/vae-plane.png (what the decoder draws all over the plane), out/vae-codes.png (where the test
-- pictures lie, a colour for each class) and out/vae-conditional.png (a row for each class, one
-- style a column).
local cresset = require("cresset")
local nn, optim = cresset.nn, cresset.optim
local data, image, models, train = cresset.data, cresset.image, cresset.models, cresset.train

local settings = {
  small = {
    digits = { hidden = { 256, 128 }, epochs = 150, batch = 50, most = 1e9 },
    fashion = { hidden = { 400, 200 }, epochs = 15, batch = 100, most = 10000 },
  },
  full = {
    digits = { hidden = { 512, 256 }, epochs = 1000, batch = 50, most = 1e9 },
    fashion = { hidden = { 1000, 500 }, epochs = 100, batch = 100, most = 1e9 },
  },
}

local function rows_of(images) return images:contiguous():view(images:size(1), -1) end

-- Adam; the learning rate falls to 0 along a cosine.
local function minimize(net, training, setting, loss)
  local parameters, gradients = net:getParameters()
  local batches, config = data.batches(training, setting.batch, { shuffle = true }), {}
  local steps, step = setting.epochs * batches:size(), 0
  net:training()
  for _ = 1, setting.epochs do
    for images, labels in batches do
      config.learningRate = 0.001 * (1 + math.cos(math.pi * step / steps))
      optim.adam(function()
        gradients:zero()
        return loss(rows_of(images), labels), gradients
      end, parameters, config)
      step = step + 1
    end
  end
  return net:evaluate()
end

local function learn(title, training, test, setting, options)
  options.inputs, options.hidden = rows_of(test.images):size(2), setting.hidden
  local vae = models.VAE(options)
  local labelled = vae.classes > 0
  minimize(vae, training, setting,
    function(x, labels) return (vae:loss(x, labelled and labels or nil)) end)
  local elbo, reconstruction, divergence = vae:elbo(rows_of(test.images),
    labelled and test.labels or nil)
  print(("%s: evidence lower bound of new pictures %.2f nats (%.2f for the picture given its code, "
    .. "%.2f\nfor the code)"):format(title, elbo, reconstruction, divergence))
  return vae, elbo
end

-- What the plane looks like, from -2.2 to 2.2 in both directions.
local function draw_plane(vae, side, count, path)
  local at = cresset.linspace(-2.2, 2.2, count)
  local z = cresset.Tensor(count * count, 2)
  for row = 1, count do
    for column = 1, count do
      z[(row - 1) * count + column]:copy(cresset.Tensor { at[column], at[row] })
    end
  end
  local pictures = vae:decode(z):view(-1, 1, side, side)
  image.save(path, image.makeGrid(pictures,
    { nrow = count, padding = 1, zoom = math.max(1, 20 // side) }))
end

-- Okabe and Ito's colours and three more, one for each class.
local colors = {
  { 0, 0.45, 0.7 }, { 0.84, 0.37, 0 }, { 0, 0.62, 0.45 }, { 0.8, 0.47, 0.65 }, { 0.9, 0.62, 0 },
  { 0.34, 0.71, 0.91 }, { 0, 0, 0 }, { 0.6, 0.6, 0.6 }, { 0.55, 0.1, 0.1 }, { 0.75, 0.7, 0.1 },
}

local function draw_dot(picture, x, y, class)
  local color = colors[(class - 1) % #colors + 1]
  for channel = 1, 3 do
    picture[channel]:narrow(1, y - 1, 4):narrow(2, x - 1, 4):fill(color[channel])
  end
end

-- A dot for each picture, at its mean; the plane from -3 to 3. The classes' names are on the right.
local function draw_codes(means, labels, classes, path)
  local side, reach = 360, 3
  local picture = cresset.ones(3, side, side + 70)
  for n = 1, means:size(1) do
    local x = math.floor((means[n][1] / reach + 1) / 2 * side)
    local y = math.floor((means[n][2] / reach + 1) / 2 * side)
    if x >= 2 and y >= 2 and x <= side - 3 and y <= side - 3 then
      draw_dot(picture, x, y, labels[n])
    end
  end
  for class, name in ipairs(classes) do
    draw_dot(picture, side + 8, 16 * class, class)
    image.drawText(picture, name, side + 18, 16 * class - 3, 0)
  end
  image.save(path, picture)
end

-- How many of the pictures drawn are of the class that was asked for, as a classifier sees it.
local function judge(vae, training, test, setting)
  local classes, criterion = #training.classes, nn.CrossEntropyCriterion()
  local net = models.MLP { inputs = rows_of(test.images):size(2), hidden = { 256 },
    classes = classes, dropout = 0.3 }
  minimize(net, training, { batch = setting.batch, epochs = math.max(1, setting.epochs // 3) },
    function(x, labels)
      local loss = criterion:forward(net:forward(x), labels)
      net:backward(x, criterion:backward(net.output, labels))
      return loss
    end)
  local function accuracy(rows, labels)
    local _, best = net:forward(rows):max(2)
    return 100 * best:view(-1):eq(labels):sum() / labels:size(1)
  end
  local asked = cresset.LongTensor(100 * classes)
  for class = 1, classes do asked:narrow(1, (class - 1) * 100 + 1, 100):fill(class) end
  local right = accuracy(vae:sample(asked), asked)
  local real = accuracy(rows_of(test.images), test.labels)
  print(("%.1f %% of the pictures drawn are of the class asked for, says a classifier that reads "
    .. "%.1f %%\nof real ones right"):format(right, real))
  return right
end

local function draw_classes(vae, classes, columns, side, path)
  local styles = cresset.randn(columns, vae.latent)
  local z, labels = styles:repeatTensor(classes, 1), cresset.LongTensor(classes * columns)
  for class = 1, classes do labels:narrow(1, (class - 1) * columns + 1, columns):fill(class) end
  image.save(path, image.makeGrid(vae:decode(z, labels):view(-1, 1, side, side),
    { nrow = columns, padding = 2, zoom = math.max(1, 24 // side), background = 0.3 }))
end

local function main(options)
  local training, test = data[options.data](options.folder)
  local setting = settings[options.setting][options.data]
  local most = options.samples > 0 and options.samples or math.tointeger(setting.most)
  training = training:narrow(1, math.min(most, training:size()))
  test = test:narrow(1, math.min(most, test:size()))
  if options.epochs > 0 then setting.epochs = options.epochs end
  local side, classes = training.images:size(4), #training.classes

  local plane, plane_elbo = learn("a plane", training, test, setting, { latent = 2 })
  draw_plane(plane, side, 16, options.out .. "/vae-plane.png")
  draw_codes(plane:encode(rows_of(test.images)), test.labels, test.classes,
    options.out .. "/vae-codes.png")
  local _, elbo = learn(options.latent .. " numbers", training, test, setting,
    { latent = options.latent })
  local conditional, conditional_elbo = learn(options.latent .. " numbers and the label", training,
    test, setting, { latent = options.latent, classes = classes })
  local right = judge(conditional, training, test, setting)
  draw_classes(conditional, classes, 12, side, options.out .. "/vae-conditional.png")
  print(("wrote vae-plane.png, vae-codes.png and vae-conditional.png to %s/"):format(options.out))
  return {
    { "data", options.data }, { "elbo_plane", ("%.2f"):format(plane_elbo) },
    { "elbo", ("%.2f"):format(elbo) }, { "elbo_conditional", ("%.2f"):format(conditional_elbo) },
    { "as_asked", ("%.1f"):format(right) },
  }
end

train.script({
  name = "vae.lua",
  description = "Variational autoencoders, one of them conditional, learn to draw.",
  options = {
    "setting", "data", "folder", "epochs", "samples",
    { name = "latent", default = 8, min = 1, help = "numbers of a code" },
  },
  main = main,
}, arg)
