/* Groups of the desk's unit tests beside those in ui_main.c: the number that failed. */
#ifndef CARREL_UI_TEST_H
#define CARREL_UI_TEST_H

int ui_test_charts(void);
int ui_test_fuzzy(void);
int ui_test_keys(void);
int ui_test_paint(void);
int ui_test_linear(void);
int ui_test_pictures(void);
int ui_test_pictures_desk(void);
int ui_test_ground(void);
int ui_test_reader(void);
int ui_test_theme(void);
int ui_test_marks(void);
int ui_test_news(void);

#endif
