/* The pointwise loops of one type; included by pointwise.c with T, D, LOOP, REGISTER (and F for
 * floating-point types) defined. No include guard: it is included once per type. */
CR_UNARY_ANY(DEFINE_UNARY)
CR_BINARY_ANY(DEFINE_BINARY)
CR_COMPARE_ANY(DEFINE_COMPARE)
#ifdef F
CR_UNARY_FLOAT(DEFINE_UNARY)
#endif

static void REGISTER(cr_kernel_table *table) {
  CR_UNARY_ANY(ENTER_UNARY)
  CR_BINARY_ANY(ENTER_BINARY)
  CR_COMPARE_ANY(ENTER_COMPARE)
#ifdef F
  CR_UNARY_FLOAT(ENTER_UNARY)
#endif
}

#undef D
#undef T
#undef F
#undef LOOP
#undef REGISTER
