/* What containers keep over a restart: port_store_read, _write and _remove over two sectors of flash. Host calls only touch a
   list in RAM; the main loop programs it. */
#ifndef THIMBLE_VALUES_H
#define THIMBLE_VALUES_H

#include <stdint.h>

/* Finds what is stored. Called once, before the first container runs. */
void values_init(void);

/* Programs what is new. Nothing is due before `due_us`, 0 if something is: to append takes 4 ms at most; where little room is left the
   other sector takes over, which takes 60 ms (400 ms by the worst case of datasheets) and is put off until there is
   time for it, no room is left, or this was called 256 times. Called by the main loop. */
void values_flush(uint64_t due_us);

/* A word that is kept for a place beside the values of containers, 0 if there is none. Where those leave no room, which they do for 43 places, none is
   kept. */
uint32_t values_kept(uint32_t place);
void values_keep(uint32_t place, const uint32_t *word);
void values_forget(uint32_t place);

#endif
