--- The packages that are loaded when they are first used, as cresset.nn and so on.
return {
  "data", "gan", "graph", "image", "models", "nn", "nngraph", "numpy", "optim", "plot",
  "safetensors", "train", "zoo",
}
