/* The group of library_vectors.c, for library_main.c. */
#ifndef LIBRARY_VECTORS_H
#define LIBRARY_VECTORS_H

int library_vectors_tests(void);

#endif
