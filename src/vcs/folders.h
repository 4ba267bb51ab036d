/* Names in the folder of clones, and what does not belong there. */
#ifndef CARREL_VCS_FOLDERS_H
#define CARREL_VCS_FOLDERS_H

#define CLONING_MARK ".cloning-" /* behind a clone's name: one that is being made */

void vcs_sweep_packs(const char *clone);

#endif
