/* The pointwise loops of one type; included by pointwise.c with T, D, LOOP, REGISTER (and F and
 * INDEX for floating-point types) defined. No include guard: it is included once per type. */
#ifdef F
#define NUMBER(scalar) (T)(scalar).f
static inline T LOOP(quotient)(T a, T b) { return a / b; }
static inline T LOOP(modulo)(T a, T b) { return F(fmod)(a, b); }
static inline T LOOP(power)(T a, T b) { return F(vm_pow)(a, b); }
static inline T LOOP(floored_quotient)(T a, T b) { return F(floor)(a / b); }
static inline T LOOP(left)(T a, T b) { return a * F(exp2)(b); }
static inline T LOOP(right)(T a, T b) { return a / F(exp2)(b); }
#else
#define NUMBER(scalar) (T)(scalar).i
/* Division by zero gives 0: a trap would end the program. */
static inline T LOOP(quotient)(T a, T b) {
  if (b == 0) return 0;
  return (T)(b == (T)-1 && b < 0 ? -a : a / b);
}
static inline T LOOP(modulo)(T a, T b) { return (T)(b == 0 || (b == (T)-1 && b < 0) ? 0 : a % b); }
static inline T LOOP(power)(T a, T b) {
  if (b < 0) return (T)(a == 1 ? 1 : a == (T)-1 ? (b % 2 == 0 ? 1 : -1) : 0);
  T result = 1;
  for (; b > 0; b = (T)(b / 2)) {
    if (b % 2 != 0) result = (T)(result * a);
    a = (T)(a * a);
  }
  return result;
}
static inline T LOOP(floored_quotient)(T a, T b) {
  T q = LOOP(quotient)(a, b), m = LOOP(modulo)(a, b);
  return (T)(m != 0 && (m < 0) != (b < 0) ? q - 1 : q);
}
/* Shifts count modulo the width; bits that are shifted in are 0, as with Lua's operators. */
static inline T LOOP(left)(T a, T b) { return (T)((uint64_t)a << (b & (8 * sizeof(T) - 1))); }
static inline T LOOP(right)(T a, T b) {
  uint64_t bits = (uint64_t)a & (~(uint64_t)0 >> (64 - 8 * sizeof(T)));
  return (T)(bits >> (b & (8 * sizeof(T) - 1)));
}
#endif
/* The result has the divisor's sign. */
static inline T LOOP(floored_modulo)(T a, T b) {
  T m = LOOP(modulo)(a, b);
  return (T)(m != 0 && (m < 0) != (b < 0) ? m + b : m);
}

CR_UNARY_ANY(DEFINE_UNARY)
CR_BINARY_ANY(DEFINE_BINARY)
CR_COMPARE_ANY(DEFINE_COMPARE)
CR_SCALED_ANY(DEFINE_SCALED)
CR_TEST_ANY(DEFINE_TEST)
WHERE_LOOP(LOOP(where))
#ifdef F
CR_UNARY_FLOAT(DEFINE_UNARY)
CR_BINARY_FLOAT(DEFINE_BINARY)
CR_UNARY_ANY(STREAM_UNARY)
CR_UNARY_LIGHT(STREAM_UNARY)
CR_BINARY_LIGHT(STREAM_BINARY)
CR_SCALED_ANY(STREAMED_LOOP)
#else
CR_UNARY_INTEGER(DEFINE_UNARY)
CR_BINARY_INTEGER(DEFINE_BINARY)
#endif

static void REGISTER(cr_kernel_table *table) {
  CR_UNARY_ANY(ENTER_UNARY)
  CR_BINARY_ANY(ENTER_BINARY)
  CR_COMPARE_ANY(ENTER_COMPARE)
  CR_SCALED_ANY(ENTER_SCALED)
  CR_TEST_ANY(ENTER_TEST)
  table->where[D] = LOOP(where);
#ifdef F
  CR_UNARY_FLOAT(ENTER_UNARY)
  CR_BINARY_FLOAT(ENTER_BINARY)
  CR_UNARY_ANY(ENTER_STREAMED_UNARY)
  CR_UNARY_LIGHT(ENTER_STREAMED_UNARY)
  CR_BINARY_LIGHT(ENTER_STREAMED_BINARY)
  CR_SCALED_ANY(ENTER_STREAMED_SCALED)
#else
  CR_UNARY_INTEGER(ENTER_UNARY)
  CR_BINARY_INTEGER(ENTER_BINARY)
#endif
}

#undef D
#undef T
#undef F
#undef INDEX
#undef LOOP
#undef NUMBER
#undef REGISTER
