/*
 * What the benches share: giving up, times, memory.
 */
#ifndef BENCH_SHARED_MEASURE_H
#define BENCH_SHARED_MEASURE_H

/* "PROGRAM: what: why", and the end. */
_Noreturn void bench_die(const char *what, const char *why);
double bench_now_ms(void);                       /* of a clock that only goes on */
int bench_by_size(const void *a, const void *b); /* doubles, for qsort */
void bench_print_memory(void);                   /* of this process, by kind */

#endif
