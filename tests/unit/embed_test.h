/*
 * What embed's tests share: papers about made-up subjects, and a small model trained on them.
 */
#ifndef EMBED_TEST_H
#define EMBED_TEST_H

#include "carrel/embed.h"
#include "carrel/kernels.h"
#include "carrel/mem.h"
#include "carrel/str.h"
#include "carrel/train.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SUBJECTS 24
#define SUBJECT_WORDS 20

/* The word number `at` of a subject, without vowels that a stemmer would take off. */
void test_word(char out[16], int subject, int at);
/* Paper `number` is about subject number % SUBJECTS; texts are malloc'd. */
void test_paper(int number, char **title, char **abstract);
/* A trainer with `papers` papers and small sizes; options that are zero get test values. */
struct trainer *test_trainer(struct train_options options, int papers);
/* Trained bytes; fails the test when that fails. */
void test_train(struct str *out, struct train_options options, int papers);

int embed_model_tests(void);
int embed_kernel_tests(void);
int embed_train_tests(void);

#endif
