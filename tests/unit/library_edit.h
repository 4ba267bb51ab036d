/* The group of library_edit.c, for library_main.c. */
#ifndef LIBRARY_EDIT_H
#define LIBRARY_EDIT_H

int library_edit_tests(void);

#endif
