---@meta
local cresset, Tensor = {}, {}

--- Every function here takes a generator as an optional first argument; without one, the program's
--- own is used, which starts from a seed of the operating system's. The same seed gives the same
--- numbers, which are Torch7's.

--- A new generator (Mersenne Twister), seeded by the operating system.
---@return Generator
function cresset.Generator() end

--- Starts a sequence over.
---@param generator? Generator
---@param number integer
function cresset.manualSeed(generator, number) end

--- Seeds from the operating system; returns the seed.
---@param generator? Generator
---@return integer
function cresset.seed(generator) end

--- The seed of the sequence under way.
---@param generator? Generator
---@return integer
function cresset.initialSeed(generator) end

--- The complete state, as a ByteTensor.
---@param generator? Generator
---@return Tensor
function cresset.getRNGState(generator) end

--- Goes back to a state that getRNGState gave, and returns it.
---@param generator? Generator
---@param state Tensor
---@return Tensor
function cresset.setRNGState(generator, state) end

--- An integer from low (1) to high, both included; without bounds from 0 to 2^32 - 1.
---@param generator? Generator
---@param low? integer
---@param high? integer
---@return integer
function cresset.random(generator, low, high) end

--- A number from [low, high), by default [0, 1).
---@param generator? Generator
---@param low? number
---@param high? number
---@return number
function cresset.uniform(generator, low, high) end

--- A number with mean 0 and standard deviation 1 unless told otherwise.
---@param generator? Generator
---@param mean? number
---@param stdv? number above 0
---@return number
function cresset.normal(generator, mean, stdv) end

--- A number with density lambda exp(-lambda x).
---@param generator? Generator
---@param lambda? number 1, above 0
---@return number
function cresset.exponential(generator, lambda) end

--- A number with density sigma / (pi (sigma^2 + (x - median)^2)).
---@param generator? Generator
---@param median? number 0
---@param sigma? number 1
---@return number
function cresset.cauchy(generator, median, sigma) end

--- A number whose logarithm is normal with the mean (1) and the standard deviation (2).
---@param generator? Generator
---@param mean? number
---@param stdv? number above 0
---@return number
function cresset.logNormal(generator, mean, stdv) end

--- How many trials it takes, with probability (1 - p) p^(n - 1).
---@param generator? Generator
---@param p? number between 0 and 1
---@return number
function cresset.geometric(generator, p) end

--- 1 with probability p (0.5), else 0.
---@param generator? Generator
---@param p? number from 0 to 1
---@return number
function cresset.bernoulli(generator, p) end

--- A tensor of the default type, or res, with numbers from [0, 1).
---@param generator? Generator
---@param res? Tensor
---@param ... integer sizes
---@return Tensor
function cresset.rand(generator, res, ...) end
function Tensor:rand(generator, ...) end

--- A tensor of the default type, or res, with normal numbers of mean 0 and standard deviation 1.
---@param generator? Generator
---@param res? Tensor
---@param ... integer sizes
---@return Tensor
function cresset.randn(generator, res, ...) end
function Tensor:randn(generator, ...) end

--- The numbers from 1 to n in random order, as a LongTensor.
---@param generator? Generator
---@param res? Tensor a torch.LongTensor that gets them
---@param n integer at least 1
---@return Tensor
function cresset.randperm(generator, res, n) end
function Tensor:randperm(generator, n) end

--- Fills with integers from low to high, both included; without bounds, from 0 to the largest
--- number of the type (2^24 for float32, 2^53 for float64).
---@param generator? Generator
---@param low? integer 1 when only high is given
---@param high? integer
---@return Tensor self
function Tensor:random(generator, low, high) end

--- Fills with numbers from [low, high), by default [0, 1), in row-major order.
---@param generator? Generator
---@param low? number
---@param high? number
---@return Tensor self
function Tensor:uniform(generator, low, high) end

--- Fills with normal numbers, by default of mean 0 and standard deviation 1.
---@param generator? Generator
---@param mean? number
---@param stdv? number above 0
---@return Tensor self
function Tensor:normal(generator, mean, stdv) end

--- Fills with exponentially distributed numbers; see cresset.exponential.
---@param generator? Generator
---@param lambda? number
---@return Tensor self
function Tensor:exponential(generator, lambda) end

--- Fills with numbers of a Cauchy distribution; see cresset.cauchy.
---@param generator? Generator
---@param median? number
---@param sigma? number
---@return Tensor self
function Tensor:cauchy(generator, median, sigma) end

--- Fills with numbers whose logarithms are normal; see cresset.logNormal.
---@param generator? Generator
---@param mean? number
---@param stdv? number
---@return Tensor self
function Tensor:logNormal(generator, mean, stdv) end

--- Fills with numbers of trials; see cresset.geometric.
---@param generator? Generator
---@param p? number
---@return Tensor self
function Tensor:geometric(generator, p) end

--- Fills with 1 (with probability p, 0.5 unless told otherwise) and 0.
---@param generator? Generator
---@param p? number
---@return Tensor self
function Tensor:bernoulli(generator, p) end

--- Numbers from [0, 1), as many as x has elements: a new tensor of x's type and size.
---@param generator? Generator
---@param x Tensor float32 or float64
---@return Tensor
function cresset.randLike(generator, x) end

--- Numbers with mean 0 and standard deviation 1: a new tensor of x's type and size.
---@param generator? Generator
---@param x Tensor float32 or float64
---@return Tensor
function cresset.randnLike(generator, x) end

--- Draws n categories (from 1) for each row of p, weights that need not sum to 1:
--- cresset.multinomial([res,] [generator,] p, n, [replacement]). A LongTensor of n, or of (rows x
--- n).
---@param p Tensor float32 or float64: a vector, or a matrix with a row for each distribution
---@param n integer without replacement at most the number of categories above 0
---@param replacement? boolean false: no category twice in a row
---@return Tensor
function cresset.multinomial(p, n, replacement) end
function Tensor:multinomial(n, replacement) end

--- Prepares many draws from one distribution by Walker's alias method (Vose 1991).
---@param probs Tensor float32 or float64: a vector of weights
---@param state? table that an earlier call gave, to use its tensors again
---@return table {alias table, probability table}, for multinomialAlias
function cresset.multinomialAliasSetup(probs, state) end
function Tensor:multinomialAliasSetup(state) end

--- Fills a LongTensor (a vector) with categories, drawn with replacement.
---@param output Tensor
---@param generator? Generator
---@param state table from multinomialAliasSetup
---@return Tensor output
function cresset.multinomialAlias(output, generator, state) end
function Tensor:multinomialAlias(generator, state) end
