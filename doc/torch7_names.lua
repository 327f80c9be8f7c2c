-- The functions, methods and operators that Torch7's documents name, page by page, as their
-- headings and anchors have them. doc/torch7.lua looks each of them up here and writes
-- doc/torch7.md; spec/torch7_names_spec.lua fails when one is missing.
--
-- A page has groups: owners, each of which has all the names. "cresset" owns functions and
-- classes, "Tensor" methods, "Tensor." metamethods; any other name is the class of the method.

local both = { "cresset", "Tensor" }

local names = {}

names.pages = {
  { "tensor.md", {
    { { "cresset" }, [[
      Tensor ByteTensor CharTensor ShortTensor IntTensor LongTensor FloatTensor DoubleTensor
      isTensor
    ]] },
    { both, [[
      clone contiguous type typeAs byte char short int long float double
      nDimension dim size stride storage isContiguous isSize isSameSizeAs nElement storageOffset
      set isSetTo copy fill zero resize resizeAs narrow select index
      indexCopy indexAdd indexFill gather scatter maskedSelect maskedCopy maskedFill nonzero
      expand expandAs repeatTensor squeeze view viewAs transpose t permute unfold
      apply map map2 split chunk data cdata
    ]] },
    { { "Tensor" }, "sub retain free" },
    { { "Tensor." }, "__len __index __newindex" },
  } },
  { "maths.md", {
    { both, [[
      cat diag eye histc bhistc linspace logspace multinomial multinomialAliasSetup multinomialAlias
      ones rand randn range randperm reshape tril triu zeros
      abs sign acos asin atan atan2 ceil cos cosh exp floor log log1p neg cinv pow round sin sinh
      sqrt rsqrt tan tanh sigmoid trunc frac
      equal add csub mul clamp cmul cpow addcmul div cdiv lshift clshift rshift crshift addcdiv
      fmod remainder mod cfmod cremainder cmod bitand cbitand bitor cbitor bitxor cbitxor
      dot addmv addr addmm addbmm baddbmm mv mm bmm ger lerp
      cross cumprod cumsum max mean min cmax cmin median mode kthvalue prod sort topk std sum var
      norm renorm dist numel trace conv2 xcorr2 conv3 xcorr3
      gesv trtrs potrf pstrf potrs potri gels symeig eig svd inverse qr geqrf orgqr ormqr
      lt le gt ge eq ne all any
    ]] },
    { { "Tensor." }, "__add __sub __unm __mul __div __mod" },
  } },
  { "storage.md", {
    { { "cresset" }, [[
      Storage ByteStorage CharStorage ShortStorage IntStorage LongStorage FloatStorage DoubleStorage
    ]] },
    { { "Storage" }, "copy fill resize size string retain free" },
    { { "Storage." }, "__len __index" },
  } },
  { "random.md", {
    { { "cresset" }, [[
      Generator seed manualSeed initialSeed getRNGState setRNGState
    ]] },
    { both, "random uniform normal exponential cauchy logNormal geometric bernoulli" },
  } },
  { "serialization.md", { { { "cresset" }, "save load serialize deserialize" } } },
  { "file.md", {
    { { "cresset" }, "File" },
    { { "File" }, [[
      readByte readBool readShort readChar readLong readInt readDouble readFloat
      writeByte writeBool writeShort writeChar writeLong writeInt writeDouble writeFloat
      readObject writeObject readString writeString
      ascii autoSpacing binary clearError close noAutoSpacing synchronize pedantic position quiet
      seek seekEnd hasError isQuiet isReadable isWritable isAutoSpacing referenced isReferenced
    ]] },
  } },
  { "memoryfile.md", {
    { { "cresset" }, "MemoryFile" },
    { { "MemoryFile" }, "storage longSize" },
  } },
  { "diskfile.md", {
    { { "cresset" }, "DiskFile" },
    { { "DiskFile" }, [[
      bigEndianEncoding isBigEndianCPU isLittleEndianCPU littleEndianEncoding nativeEndianEncoding
      longSize noBuffer
    ]] },
  } },
  { "pipefile.md", { { { "cresset" }, "PipeFile" } } },
  { "utility.md", {
    { { "cresset" }, [[
      class type typename typename2id id isTypeOf newmetatable factory getmetatable isequal
      getdefaulttensortype getenv version pointer setdefaulttensortype setenv setmetatable
      getconstructortable totable
    ]] },
    { { "Tensor", "Storage" }, "totable" },
  } },
  { "timer.md", { { { "cresset" }, "Timer" }, { { "Timer" }, "reset resume stop time" } } },
  { "cmdline.md", {
    { { "cresset" }, "CmdLine" },
    { { "CmdLine" }, "addTime log option parse silent string text" },
  } },
  { "tester.md", {
    { { "cresset" }, "Tester TestSuite" },
    { { "Tester" }, [[
      add run disable assert assertGeneralEq eq assertGeneralNe ne assertlt assertgt assertle
      assertge asserteq assertne assertalmosteq assertTensorEq assertTensorNe assertTableEq
      assertTableNe
      assertError assertNoError assertErrorMsg assertErrorPattern assertErrorObj
      setEarlyAbort setRethrowErrors setSummaryOnly
    ]] },
  } },
}

-- What will never be here, and why.
local no_ffi = "LuaJIT's FFI does not exist in Lua 5.4; storages are copied out by `string`"
local no_count = "Lua's collector counts references; `free` gives memory back early"
local no_environment = "Lua 5.4 has no environments of functions or userdata"

names.absent = {
  ["cresset.data"] = "cresset.data is the package of data sets; see Tensor:data",
  ["Tensor:data"] = no_ffi,
  ["cresset.cdata"] = no_ffi,
  ["Tensor:cdata"] = no_ffi,
  ["Tensor:retain"] = no_count,
  ["Storage:retain"] = no_count,
  ["cresset.File"] = "an abstract class; what there is are DiskFile, MemoryFile and PipeFile",
  ["cresset.getenv"] = no_environment,
  ["cresset.setenv"] = no_environment,
  ["cresset.version"] = "cresset.version is the library's version; classes have none",
}

-- What is not here yet: names, or whole pages. Entries whose names are all here must go.
names.pending = {}

return names
