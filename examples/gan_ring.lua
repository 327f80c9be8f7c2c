-- Collapse, where it can be seen: eight small Gaussians on a ring, to be drawn by a generator.
--
-- Four recipes learn the same ring (of Metz et al. 2017). With a discriminator that learns more
-- slowly than the generator, all samples gather where it is wrong at the moment, and move on when
-- it has noticed. With equal rates most Gaussians are found; least squares leave some out; the
-- gradient penalty, which keeps the critic's slopes everywhere (Gulrajani et al. 2017), shows the
-- way to all eight. A gan.Watch says in words what it sees in the samples, and gan.scores.modes
-- counts the Gaussians that are reached. Writes to the folder out/: gan_ring.png (a row for each
-- recipe: samples after each fifth of the training, real ones at last) and gan_ring.svg (the number
-- of Gaussians reached).
local cresset = require("cresset")
local nn = cresset.nn
local gan, image, plot, train = cresset.gan, cresset.image, cresset.plot, cresset.train

local count, radius, deviation = 8, 2, 0.05
local noise_size, batch = 32, 128
local columns, side = 6, 96 -- of the picture

local settings = { small = 2400, full = 12000 } -- steps of the generator

local fast, slow = { learningRate = 0.001, beta1 = 0.5 }, { learningRate = 0.0001, beta1 = 0.5 }
local recipes = {
  { name = "slow", title = "slow discriminator", kind = "gan", configG = fast, configD = slow },
  { name = "equal", title = "equal rates", kind = "gan", configG = fast, configD = fast },
  { name = "squares", title = "least squares", kind = "lsgan", configG = fast, configD = fast },
  { name = "penalty", title = "gradient penalty", kind = "wgan-gp", penalty = 1,
    discriminatorSteps = 2, configG = fast, configD = fast },
}

local function centers_of_ring()
  local centers = cresset.Tensor(count, 2)
  for k = 1, count do
    local angle = 2 * math.pi * k / count
    centers[k][1], centers[k][2] = radius * math.cos(angle), radius * math.sin(angle)
  end
  return centers
end

local function draw_ring(centers, number)
  local which = cresset.LongTensor(number):random(1, count)
  return centers:index(1, which):add(cresset.randn(number, 2):mul(deviation))
end

local function network(inputs, outputs)
  return nn.Sequential()
    :add(nn.Linear(inputs, 64)):add(nn.LeakyReLU(0.2))
    :add(nn.Linear(64, 64)):add(nn.LeakyReLU(0.2))
    :add(nn.Linear(64, outputs))
end

-- A picture of points in the plane from -3 to 3: light where there are many.
local function picture(points)
  local columns_of = ((points:select(2, 1) + 3) / 6 * side):floor():long() + 1
  local rows_of = ((points:select(2, 2) * -1 + 3) / 6 * side):floor():long() + 1
  local inside = cresset.cmul(columns_of:ge(1), columns_of:le(side))
  inside = cresset.cmul(inside, cresset.cmul(rows_of:ge(1), rows_of:le(side)))
  local shown = cresset.zeros(side * side)
  local places = ((rows_of - 1) * side + columns_of):maskedSelect(inside)
  if places:nElement() > 0 then
    shown:indexAdd(1, places, cresset.ones(places:nElement()))
  end
  return shown:view(1, side, side):mul(0.4):clamp(0, 1)
end

-- A recipe's settings as a table of its own, since optimizers keep their memory there.
local function copy(config)
  return { learningRate = config.learningRate, beta1 = config.beta1, beta2 = 0.9 }
end

local function learn(recipe, centers, steps)
  local trainer = gan.Trainer {
    generator = network(noise_size, 2), discriminator = network(2, 1), noise = noise_size,
    kind = recipe.kind, configG = copy(recipe.configG), configD = copy(recipe.configD),
    penalty = recipe.penalty, discriminatorSteps = recipe.discriminatorSteps,
  }
  local watch = gan.Watch { real = draw_ring(centers, 1000) }
  local found = { pictures = {}, at = {}, reached = {} }
  local looks, seen = 30, nil
  for step = 1, steps do
    for _ = 1, trainer.discriminatorSteps do trainer:step(draw_ring(centers, batch)) end
    if step % (steps // looks) == 0 then
      local drawn = trainer:sample(1000)
      seen = watch:look(drawn)
      found.modes = gan.scores.modes(drawn, centers, deviation)
      found.at[#found.at + 1] = step
      found.reached[#found.reached + 1] = found.modes.covered
      if #found.at % (looks // (columns - 1)) == 0 then
        found.pictures[#found.pictures + 1] = picture(drawn)
      end
    end
  end
  found.text = seen.text
  return found
end

local function save_pictures(all, centers, folder)
  local panels = {}
  for k, found in ipairs(all) do
    for _, panel in ipairs(found.pictures) do panels[#panels + 1] = panel end
    image.drawText(found.pictures[1], recipes[k].name, 3, 3, 0.7)
    panels[#panels + 1] = picture(draw_ring(centers, 1000))
  end
  image.save(folder .. "/gan_ring.png",
    image.makeGrid(panels, { nrow = columns, padding = 3, background = 0.35 }))
  local curves = { title = "Gaussians reached", xlabel = "step of the generator",
    ylabel = "of " .. count }
  for k, found in ipairs(all) do
    curves[k] = { name = recipes[k].title, x = found.at, y = found.reached }
  end
  plot.save(folder .. "/gan_ring.svg", curves)
  print(("wrote gan_ring.png and gan_ring.svg to %s/"):format(folder))
end

local function main(options)
  local steps = options.steps > 0 and math.max(30, options.steps) or settings[options.setting]
  local centers = centers_of_ring()
  local all, results = {}, { { "steps", steps } }
  for k, recipe in ipairs(recipes) do
    local found = learn(recipe, centers, steps)
    all[k] = found
    print(("%-18s  %d of %d Gaussians, %.0f %% of the samples belong to one; %s"):format(
      recipe.title, found.modes.covered, count, 100 * found.modes.quality, found.text))
    results[#results + 1] = { recipe.name, ("%d/%d"):format(found.modes.covered, count) }
  end
  save_pictures(all, centers, options.out)
  return results
end

train.script({
  name = "gan_ring.lua",
  description = "Eight Gaussians on a ring: which recipes find them all, and which collapse.",
  options = {
    { name = "setting", help = "small: 2,400 steps of the generator; full: 12,000" },
    { name = "steps", default = 0, min = 0, help = "steps of the generator; 0: the setting's" },
  },
  main = main,
}, arg)
