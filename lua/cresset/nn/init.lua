--- Neural networks: `cresset.nn`. Layers are made by calling their classes, `nn.Linear(10, 5)`, and
-- put together by containers, `nn.Sequential():add(...)`; criteria measure how far an output is
-- from its target.
local class = require("cresset.class")

local nn = {}
class.package("nn", nn)

-- In the order in which they build on each other; each file declares classes named "nn...".
local files = {
  "Module", "Container", "Criterion",
  "Sequential", "ParallelTable", "ConcatTable", "Concat", "MapTable", "Residual", "Identity",
  "CAddTable", "table_arithmetic", "SelectTable", "NarrowTable", "FlattenTable", "SplitTable",
  "views", "Replicate", "Contiguous", "GradientReversal", "MM",
  "Linear", "View", "Reshape", "Flatten", "JoinTable",
  "simple_transfer", "softmax", "gated", "ReLU", "LeakyReLU", "ReLU6", "Threshold", "HardTanh",
  "Clamp", "HardShrink", "SoftShrink", "SoftPlus", "ELU", "SELU", "GELU", "ScaledTanh", "Power",
  "AddConstant", "MulConstant", "PReLU", "RReLU", "CReLU",
  "Parallel", "DepthConcat", "Decorator", "Bottle", "NaN", "Profile", "DontCast", "PrintSize",
  "Lambda", "ZipTable", "ZipTableOneToMany", "CAddTensorTable", "MV", "CriterionTable",
  "MixtureTable", "PairwiseDistance", "DotProduct", "CosineDistance", "extreme_table",
  "Euclidean", "WeightedEuclidean", "Cosine", "Normalize", "Add", "CAdd", "CMul", "Mul", "sums",
  "extremes", "Bilinear", "PartialLinear", "Kmeans", "Maxout", "Copy", "Index", "MaskedSelect",
  "Padding", "L1Penalty", "Constant", "WhiteNoise", "OneHot", "ZeroGrad", "Collapse", "Convert",
  "gModule", "ModuleFromCriterion", "SparseLinear", "IndexLinear", "LinearWeightNorm",
  "WeightNorm",
  "SpatialConvolution", "SpatialFullConvolution", "SpatialMaxPooling", "SpatialAveragePooling",
  "SpatialDepthWiseConvolution", "SpatialConvolutionMap", "SpatialFullConvolutionMap",
  "SpatialSubSampling",
  "SpatialConvolutionLocal", "VolumetricConvolution", "VolumetricFullConvolution",
  "convolution_names", "TemporalConvolution", "TemporalMaxPooling", "TemporalSubSampling",
  "TemporalRowConvolution", "TemporalDynamicKMaxPooling",
  "SpatialSubtractiveNormalization", "SpatialDivisiveNormalization",
  "SpatialContrastiveNormalization", "SpatialLPPooling", "FeatureLPPooling",
  "border_padding", "upsampling", "PixelShuffle", "SpatialCrossMapLRN",
  "adaptive_pooling", "window_pooling", "fractional_pooling", "unpooling",
  "BatchNormalization", "SpatialBatchNormalization", "VolumetricBatchNormalization",
  "Dropout", "SpatialDropout", "VolumetricDropout", "LookupTable",
  "SeqLSTM", "SeqGRU", "SeqRNN", "LayerNorm", "RMSNorm", "GroupNorm", "InstanceNorm",
  "GaussianSampler",
  "AbstractRecurrent", "Recursor", "Recurrence", "Recurrent", "LSTM", "FastLSTM", "GRU",
  "Sequencer", "Repeater", "BiSequencer", "BiSequencerLM", "MaskZero", "LookupTableMaskZero",
  "SeqReverseSequence", "SeqBRNN", "VariableLength", "CopyGrad", "MultiHeadAttention",
  "PositionalEncoding",
  "SpectralNorm", "Fused", "FusedSum",
}
for _, file in ipairs(files) do require("cresset.nn." .. file) end

local criteria = {
  "AbsCriterion", "BCECriterion", "BCEWithLogitsCriterion", "ClassNLLCriterion",
  "CosineEmbeddingCriterion", "CrossEntropyCriterion", "DistKLDivCriterion",
  "DistanceRatioCriterion",
  "HingeEmbeddingCriterion", "HuberCriterion", "L1Cost", "L1HingeEmbeddingCriterion",
  "MSECriterion", "MarginCriterion", "MarginRankingCriterion", "MultiLabelMarginCriterion",
  "MultiLabelSoftMarginCriterion", "MultiMarginCriterion", "SmoothL1Criterion",
  "SoftCrossEntropyCriterion",
  "SoftMarginCriterion", "TripletMarginCriterion", "WeightedMSECriterion",
  "FocalCriterion", "GANCriterion", "CTCCriterion", "ClassSimplexCriterion", "ModuleCriterion",
  "GaussianCriterion", "MultiCriterion", "ParallelCriterion", "GaussianKLCriterion",
  "SpatialClassNLLCriterion", "SpatialAutoCropMSECriterion",
  "SequencerCriterion", "RepeaterCriterion", "MaskZeroCriterion",
}
for _, file in ipairs(criteria) do require("cresset.nn.criterion." .. file) end

require("cresset.nn.hooks")
require("cresset.nn.StochasticGradient")
nn.Sampler = nn.GaussianSampler
nn.init = require("cresset.nn.initialization")
nn.Jacobian = require("cresset.nn.Jacobian")
nn.noGrad = require("cresset.nn.noGrad").run
nn.utils = require("cresset.nn.utils")
nn.tables = require("cresset.nn.tables")
nn.summary = require("cresset.nn.summary").of

return nn
