/*
 * Random numbers, exp and log that give the same bits everywhere: the C library's differ in the
 * last place between versions and processors.
 */
#include "train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014). */
uint64_t random_next(struct random *random)
{
    uint64_t z = (random->state += 0x9E3779B97F4A7C15ull);

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

struct random random_of(uint64_t seed, uint64_t a, uint64_t b)
{
    uint64_t key[3] = { seed, a, b };

    return (struct random){ hash64(key, sizeof key, 0) };
}

uint32_t random_below(struct random *random, uint32_t limit)
{
    return (uint32_t)(((random_next(random) >> 32) * limit) >> 32);
}

float random_unit(struct random *random)
{
    return (float)(random_next(random) >> 40) * 0x1p-24f;
}

/* The sum of twelve uniform numbers has variance 1. */
float random_normal(struct random *random)
{
    float sum = -6;
    int i;

    for (i = 0; i < 12; i++)
        sum += random_unit(random);
    return sum;
}

/* ln x = k ln 2 + 2 atanh((m - 1) / (m + 1)), m in [sqrt 1/2, sqrt 2). */
double number_log(double x)
{
    int k, i;
    double m = frexp(x, &k), z, square, sum = 0;

    if (m < 0.70710678118654752) {
        m *= 2;
        k--;
    }
    z = (m - 1) / (m + 1);
    square = z * z;
    for (i = 21; i > 0; i -= 2)
        sum = sum * square + 1.0 / i;
    return k * 0.69314718055994531 + 2 * z * sum;
}

double number_exp(double x)
{
    double whole = floor(x * 1.4426950408889634 + 0.5);
    double rest = x - whole * 0.69314718055994531, sum = 1;
    int i;

    for (i = 14; i > 0; i--)
        sum = 1 + sum * rest / i;
    return ldexp(sum, (int)whole);
}

float *floats_new(size_t count)
{
    size_t bytes = (count * sizeof(float) + 63) / 64 * 64;
    float *floats = aligned_alloc(64, bytes > 0 ? bytes : 64);

    if (!floats)
        die("out of memory (%zu bytes)", bytes);
    memset(floats, 0, bytes);
    return floats;
}
