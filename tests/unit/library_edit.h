/* The groups of library_edit.c and library_editions.c, for library_main.c. */
#ifndef LIBRARY_EDIT_H
#define LIBRARY_EDIT_H

int library_edit_tests(void);
int library_editions_tests(void);

#endif
