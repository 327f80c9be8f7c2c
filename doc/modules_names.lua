-- The modules of Torch7's packages nn and nngraph and of Element-Research's rnn, and the functions
-- of optim. doc/modules.lua looks each of them up here and writes doc/modules.md;
-- spec/modules_spec.lua fails when one is missing and listed neither under `absent` nor `pending`.

local names = {}

-- { title, where it is documented, the package here, names }
names.groups = {
  { "Containers", "nn, doc/containers.md", "nn", [[
    Container Sequential Parallel Concat DepthConcat Decorator Bottle WeightNorm DontCast NaN
    Profile
  ]] },
  { "Tables", "nn, doc/table.md", "nn", [[
    ConcatTable ParallelTable MapTable SplitTable JoinTable MixtureTable SelectTable NarrowTable
    FlattenTable ZipTable ZipTableOneToMany PairwiseDistance DotProduct CosineDistance
    CriterionTable CAddTable CSubTable CMulTable CDivTable CMaxTable CMinTable CAddTensorTable
  ]] },
  { "Simple layers", "nn, doc/simple.md", "nn", [[
    Linear LinearWeightNorm SparseLinear IndexLinear Bilinear PartialLinear Add CAdd Mul CMul
    Euclidean WeightedEuclidean Cosine Kmeans Copy Narrow Replicate Reshape View Contiguous Select
    MaskedSelect Index Squeeze Unsqueeze Transpose AddConstant MulConstant Max Min Mean Sum Exp Log
    Abs Power Square Sqrt Clamp Normalize MM MV BatchNormalization LayerNormalization PixelShuffle
    Identity Dropout SpatialDropout VolumetricDropout Padding L1Penalty GradientReversal GPU
    TemporalDynamicKMaxPooling Constant WhiteNoise OneHot PrintSize ZeroGrad Collapse Convert Maxout
  ]] },
  { "Transfer functions", "nn, doc/transfer.md", "nn", [[
    HardTanh HardShrink SoftShrink SoftMax SoftMin SoftPlus SoftSign LogSigmoid LogSoftMax Sigmoid
    Tanh TanhShrink ReLU ReLU6 PReLU RReLU CReLU ELU LeakyReLU GatedLinearUnit SpatialSoftMax
    SpatialLogSoftMax Threshold
  ]] },
  { "Convolution and pooling", "nn, doc/convolution.md", "nn", [[
    TemporalConvolution TemporalMaxPooling TemporalSubSampling TemporalRowConvolution LookupTable
    SpatialConvolution SpatialConvolutionMM SpatialConvolutionMap SpatialFullConvolution
    SpatialFullConvolutionMap SpatialDilatedConvolution SpatialDepthWiseConvolution
    SpatialConvolutionLocal SpatialLPPooling FeatureLPPooling SpatialMaxPooling
    SpatialDilatedMaxPooling SpatialFractionalMaxPooling SpatialAveragePooling
    SpatialAdaptiveMaxPooling SpatialAdaptiveAveragePooling SpatialMaxUnpooling SpatialSubSampling
    SpatialUpSamplingNearest SpatialUpSamplingBilinear SpatialZeroPadding SpatialReflectionPadding
    SpatialReplicationPadding SpatialSubtractiveNormalization SpatialDivisiveNormalization
    SpatialContrastiveNormalization SpatialCrossMapLRN SpatialBatchNormalization
    VolumetricBatchNormalization VolumetricConvolution VolumetricFullConvolution
    VolumetricDilatedConvolution VolumetricMaxPooling VolumetricDilatedMaxPooling
    VolumetricFractionalMaxPooling VolumetricAveragePooling VolumetricMaxUnpooling
    VolumetricReplicationPadding UpSampling
  ]] },
  { "Criteria", "nn, doc/criterion.md", "nn", [[
    Criterion AbsCriterion ClassNLLCriterion SpatialClassNLLCriterion CrossEntropyCriterion
    ClassSimplexCriterion DistKLDivCriterion BCECriterion MarginCriterion SoftMarginCriterion
    MultiMarginCriterion MultiLabelMarginCriterion MultiLabelSoftMarginCriterion MSECriterion
    WeightedMSECriterion SpatialAutoCropMSECriterion MultiCriterion ParallelCriterion
    SmoothL1Criterion HingeEmbeddingCriterion L1HingeEmbeddingCriterion CosineEmbeddingCriterion
    DistanceRatioCriterion MarginRankingCriterion L1Cost ModuleCriterion
  ]] },
  { "Training and testing", "nn, doc/training.md and doc/testing.md", "nn", [[
    Module StochasticGradient Jacobian SparseJacobian
  ]] },
  { "Graphs", "nngraph, README.md", "nngraph", [[
    Node JustElement JustTable annotateNodes setDebug nest simple_print
  ]] },
  { "Graphs as layers", "nngraph, README.md", "nn", "gModule ModuleFromCriterion" },
  { "Recurrent layers", "rnn, README.md", "nn", [[
    AbstractRecurrent LSTM FastLSTM GRU MuFuRu Recursor Recurrence NormStabilizer AbstractSequencer
    Sequencer SeqLSTM SeqLSTMP SeqGRU SeqBRNN SeqReverseSequence BiSequencer BiSequencerLM Repeater
    RecurrentAttention Recurrent Module Dropout SAdd CopyGrad ExpandAs LinearNoBias MaskZero
    TrimZero LookupTableMaskZero ZeroGrad SequencerCriterion RepeaterCriterion MaskZeroCriterion
  ]] },
  { "Optimization", "optim, doc/", "optim", [[
    sgd asgd lbfgs cg adadelta adagrad adam adamax FistaLS nag rmsprop rprop cmaes de lswolfe
    polyinterp checkgrad ConfusionMatrix Logger
  ]] },
}

-- Under another name here.
names.renamed = {
  ["nn.LayerNormalization"] = "nn.LayerNorm",
}

-- Not here, with the reason.
names.absent = {
  ["nn.GPU"] = "there are no GPUs here",
  ["nn.AbstractSequencer"] = "what sequencers share is in `nn.Sequencer`",
  ["nn.ExpandAs"] = "operators broadcast by themselves",
  ["nn.LinearNoBias"] = "`nn.Linear(inputs, outputs, false)`",
  ["nn.MuFuRu"] = "`nn.Recurrence` builds such cells",
  ["nn.NormStabilizer"] = "the penalty of one paper; a layer of one's own can add it",
  ["nn.RecurrentAttention"] = "needs layers that learn by REINFORCE, which dpnn has",
  ["nn.SAdd"] = "`nn.AddConstant` and `nn.MulConstant`",
  ["nn.SeqLSTMP"] = "`nn.Linear` behind an `nn.SeqLSTM`",
  ["nn.TrimZero"] = "`nn.MaskZero` computes the same",
  ["nn.SparseJacobian"] = "`nn.Jacobian` tests parameters; sparse inputs have no gradient",
  ["optim.polyinterp"] = "inside `optim.lswolfe`",
  ["nngraph.simple_print"] = "`graph.dot` and `gModule:svg`",
}

-- To come; spec/modules_spec.lua says when one is here and can be taken out.
names.pending = ""

return names
