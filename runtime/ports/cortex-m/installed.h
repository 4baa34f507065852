/* What is installed: a journal in flash names the slots. */
#ifndef THIMBLE_INSTALLED_H
#define THIMBLE_INSTALLED_H

/* Loads every container that the journal names and whose bytes are what it says, each in its place of `containers`: that of its
   record. What cannot be loaded leaves its place empty. */
void installed_load(void);

#endif
