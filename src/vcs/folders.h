/* Names in the folder of clones. */
#ifndef CARREL_VCS_FOLDERS_H
#define CARREL_VCS_FOLDERS_H

#define CLONING_MARK ".cloning-" /* behind a clone's name: one that is being made */

#endif
