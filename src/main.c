/*
 * Parse, build the application, choose a face.
 */
#include "carrel/cli.h"
#include "carrel/http.h"
#include "carrel/process.h"
#include "carrel/ui.h"
#include "carrel/vcs.h"

#include <locale.h>

int main(int argc, char **argv)
{
    static const struct app_faces faces = { .desk = ui_run,
                                            .dump = ui_dump,
                                            .check = ui_check,
                                            .view_name = ui_view_name,
                                            .desk_command = ui_command_name,
                                            .scope_name = http_scope_name,
                                            .serve = http_serve,
                                            .token = http_token,
                                            .service_versions = http_versions,
                                            .man_api = http_man,
                                            .man_desk = ui_man };

    int status;

    /* Children that read documents, or clone, are this program again. */
    if (process_child(argc, argv, &status) || vcs_child(argc, argv, &status))
        return status;
    setlocale(LC_ALL, "");
    return cli_main(argc, argv, &faces);
}
