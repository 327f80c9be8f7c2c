/* Largest errors of vecmath.h's float32 functions, in units in the last place, against libm's
 * float64 ones: every step-th bit pattern of all float32 numbers.
 *   gcc -O3 -fno-math-errno -fno-trapping-math -march=native -Icsrc bench/ulp.c -lm -o ulp
 *   ./ulp [step]
 */
#include "kernels/vecmath_wide.h"

#include <stdio.h>
#include <stdlib.h>

static double exact_sigmoid(double x) { return 1 / (1 + exp(-x)); }

static float pow_middle(float x) { return vm_powf(x, 1.7f); }
static double exact_pow_middle(double x) { return pow(x, 1.7f); }
static float pow_odd(float x) { return vm_powf(x, -3); }
static double exact_pow_odd(double x) { return pow(x, -3); }

static const struct {
  const char *name;
  float (*f)(float);
  double (*exact)(double);
} functions[] = {
#define ENTRY(name) {#name, vm_##name##f, name},
    ENTRY(exp) ENTRY(expm1) ENTRY(log) ENTRY(log1p) ENTRY(log2) ENTRY(log10) ENTRY(tanh) ENTRY(erf)
    ENTRY(sin) ENTRY(cos) ENTRY(tan) ENTRY(asin) ENTRY(acos) ENTRY(atan) ENTRY(sinh) ENTRY(cosh)
    ENTRY(asinh) ENTRY(acosh) ENTRY(atanh)
    {"sigmoid", vm_sigmoidf, exact_sigmoid},
    {"pow 1.7", pow_middle, exact_pow_middle},
    {"pow -3", pow_odd, exact_pow_odd},
};

/* The distance in units of the exact value's last place; huge when only one of them is NaN. */
static double error_of(float got, double exact) {
  float rounded = (float)exact;
  if (isnan(rounded) || isnan(got)) return isnan(rounded) && isnan(got) ? 0 : HUGE_VAL;
  if (isinf(rounded) || isinf(got)) return rounded == got ? 0 : HUGE_VAL;
  int exponent;
  frexp(exact, &exponent);
  if (exponent < -125) exponent = -125; /* subnormal numbers have one spacing */
  return fabs((double)got - exact) / ldexp(1, exponent - 24);
}

int main(int argc, char **argv) {
  unsigned long long step = argc > 1 ? strtoull(argv[1], NULL, 10) : 997;
  if (step < 1) step = 1;
  for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
    double worst = 0;
    float worst_at = 0;
    for (unsigned long long bits = 0; bits <= 0xffffffffULL; bits += step) {
      float x = vm_from_bits_f((int32_t)(uint32_t)bits);
      double error = error_of(functions[k].f(x), functions[k].exact(x));
      if (error > worst) worst = error, worst_at = x;
    }
    printf("%-8s %.2f ulp at %.9g\n", functions[k].name, worst, (double)worst_at);
  }
  return 0;
}
