--- The packages that are loaded when they are first used, as cresset.nn and so on.
return { "data", "image", "nn", "numpy", "optim", "plot", "safetensors", "train" }
