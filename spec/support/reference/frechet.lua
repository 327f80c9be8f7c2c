-- Recorded by record_frechet.py with NumPy 1.24.2
return {
  { salts = { 1.1, 0.7 }, rows = { 40, 40 }, columns = 3, distance = 0.603367045326 },
  { salts = { 0.9, 2.3 }, rows = { 25, 60 }, columns = 7, distance = 3.82184960595 },
  { salts = { 0.5, 0.55 }, rows = { 200, 150 }, columns = 16, distance = 3.30006490068 },
}
