/*
 * serve and token: the service is a face of its own, above this one.
 */
#include "commands.h"

static int no_face(const struct command_call *call, const char *what, struct error *err)
{
    (void)call;
    return error_set(err, ERR_FAILED, "%s is not part of this build", what);
}

int cmd_serve(struct command_call *call, struct error *err)
{
    const struct app_faces *faces = call->app->faces;

    return faces && faces->serve ? faces->serve(call, err) : no_face(call, "serve", err);
}

int cmd_token(struct command_call *call, struct error *err)
{
    const struct app_faces *faces = call->app->faces;

    return faces && faces->token ? faces->token(call, err) : no_face(call, "token", err);
}
