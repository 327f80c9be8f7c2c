--- Published recipes of adversarial training: kind -> options of gan.Trainer. What a trainer is
-- given beside `kind` goes before.
--
--     loss                 of nn.GANCriterion
--     optimizer, config    a name in optim, and its settings for both networks
--     discriminatorSteps   for one step of the generator
--     clip                 the discriminator's parameters stay in [-clip, clip]
--     penalty              weight of the gradient penalty
--     condition            how labels come in: see gan.Trainer
local function recipe(options)
  options.optimizer = options.optimizer or "adam"
  options.config = options.config or { learningRate = 2e-4, beta1 = 0.5 }
  options.discriminatorSteps = options.discriminatorSteps or 1
  return options
end

return {
  -- Goodfellow et al. 2014, with the generator's loss of its section 3; settings of Radford, Metz
  -- and Chintala 2016
  gan = recipe { loss = "nonSaturating" },
  -- Goodfellow et al. 2014, equation 1
  minimax = recipe { loss = "minimax" },
  -- Mao et al. 2017
  lsgan = recipe { loss = "leastSquares" },
  -- Lim and Ye 2017; Miyato et al. 2018, whose nn.SpectralNorm belongs to it
  hinge = recipe { loss = "hinge", config = { learningRate = 2e-4, beta1 = 0, beta2 = 0.9 } },
  -- Arjovsky, Chintala and Bottou 2017, algorithm 1
  wgan = recipe { loss = "wasserstein", clip = 0.01, discriminatorSteps = 5,
    optimizer = "rmsprop", config = { learningRate = 5e-5 } },
  -- Gulrajani et al. 2017, algorithm 1
  ["wgan-gp"] = recipe { loss = "wasserstein", penalty = 10, discriminatorSteps = 5,
    config = { learningRate = 1e-4, beta1 = 0, beta2 = 0.9 } },
  -- Odena, Olah and Shlens 2017
  acgan = recipe { loss = "nonSaturating", condition = "auxiliary" },
  -- Chen et al. 2016, with one categorical code
  infogan = recipe { loss = "nonSaturating", condition = "code" },
}
