/* Transposed copy of one width of elements; included by transpose.c with T, N (rows and columns of a
 * block) and NAME defined. */

typedef T NAME(vector) __attribute__((vector_size(N * sizeof(T))));

static inline void NAME(block)(const char *from, int64_t from_stride, char *to, int64_t to_stride) {
  NAME(vector) row[N], next[N];
  for (int i = 0; i < N; i++) memcpy(&row[i], from + i * from_stride, sizeof row[i]);
  for (int round = 1; round < N; round *= 2) {
    for (int i = 0; i < N / 2; i++) {
      next[2 * i] = SHUFFLE(NAME(vector), row[i], row[i + N / 2], CR_PASTE(LOW, N));
      next[2 * i + 1] = SHUFFLE(NAME(vector), row[i], row[i + N / 2], CR_PASTE(HIGH, N));
    }
    for (int i = 0; i < N; i++) row[i] = next[i];
  }
  for (int i = 0; i < N; i++) memcpy(to + i * to_stride, &row[i], sizeof row[i]);
}

/* As many rows and columns as elements in a cache line. Where rows lie a power of two apart, few of
 * their lines fit in the cache at a time: so the source's are used up before the next ones come, and
 * the result's are written whole. */
enum { NAME(line) = 64 / sizeof(T) };

static inline void NAME(lines)(const char *from, int64_t from_stride, char *to, int64_t to_stride) {
  _Alignas(64) T buffer[NAME(line)][NAME(line)];
  const int line = NAME(line), width = sizeof(T);
  if (N == line) {
    NAME(block)(from, from_stride, to, to_stride);
    return;
  }
  for (int c = 0; c < line; c += N)
    for (int r = 0; r < line; r += N)
      NAME(block)(from + c * from_stride + r * width, from_stride, (char *)&buffer[r][c], 64);
  for (int r = 0; r < line; r++) memcpy(to + r * to_stride, buffer[r], 64);
}

static void NAME(plain)(int64_t rows, int64_t columns, const char *from, int64_t from_stride,
                        char *to, int64_t to_stride) {
  for (int64_t c = 0; c < columns; c++)
    for (int64_t r = 0; r < rows; r++)
      ((T *)(to + r * to_stride))[c] = ((const T *)(from + c * from_stride))[r];
}

static void NAME(transpose)(int64_t rows, int64_t columns, const char *from, int64_t from_stride,
                            char *to, int64_t to_stride) {
  const int64_t width = sizeof(T), line = NAME(line);
  const int64_t whole = rows - rows % line, end = columns - columns % line;
  for (int64_t c = 0; c < end; c += line)
    for (int64_t r = 0; r < whole; r += line) NAME(lines)
  (from + c * from_stride + r * width, from_stride, to + r * to_stride + c * width, to_stride);
  NAME(plain)
  (rows - whole, end, from + whole * width, from_stride, to + whole * to_stride, to_stride);
  NAME(plain)
  (rows, columns - end, from + end * from_stride, from_stride, to + end * width, to_stride);
}

#undef T
#undef N
#undef NAME
