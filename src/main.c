/*
 * Parse, build the application, choose a face.
 */
#include "carrel/cli.h"
#include "carrel/ui.h"

#include <locale.h>

int main(int argc, char **argv)
{
    static const struct cli_faces faces = { .desk = ui_run, .dump = ui_dump };

    setlocale(LC_ALL, "");
    return cli_main(argc, argv, &faces);
}
