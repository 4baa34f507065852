#ifndef THIMBLE_WORDS_H
#define THIMBLE_WORDS_H

/* Fills [from, to), a multiple of 32 bytes aligned to 4, with zeros. */
void clear(void *from, void *to);

#endif
