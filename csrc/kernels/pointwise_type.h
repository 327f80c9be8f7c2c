/* The pointwise loops of one type; included by pointwise.c with T, D, LOOP, REGISTER (and F for
 * floating-point types) defined. No include guard: it is included once per type. */
#ifdef F
#define NUMBER(scalar) (T)(scalar).f
static inline T LOOP(quotient)(T a, T b) { return a / b; }
static inline T LOOP(modulo)(T a, T b) { return F(fmod)(a, b); }
static inline T LOOP(power)(T a, T b) { return b == 2 ? a * a : F(pow)(a, b); }
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
#ifdef F
CR_UNARY_FLOAT(DEFINE_UNARY)
CR_BINARY_FLOAT(DEFINE_BINARY)
#endif

static void REGISTER(cr_kernel_table *table) {
  CR_UNARY_ANY(ENTER_UNARY)
  CR_BINARY_ANY(ENTER_BINARY)
  CR_COMPARE_ANY(ENTER_COMPARE)
  CR_SCALED_ANY(ENTER_SCALED)
#ifdef F
  CR_UNARY_FLOAT(ENTER_UNARY)
  CR_BINARY_FLOAT(ENTER_BINARY)
#endif
}

#undef D
#undef T
#undef F
#undef LOOP
#undef NUMBER
#undef REGISTER
