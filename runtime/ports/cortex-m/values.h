/* What containers keep over a restart: port_store_read, _write and _remove over two sectors of flash. Host calls only touch a
   queue in RAM; the main loop programs it. */
#ifndef THIMBLE_VALUES_H
#define THIMBLE_VALUES_H

#include <stdint.h>

/* Finds what is stored. Called once, before the first container runs. */
void values_init(void);

/* Programs what is queued. `idle_us` says for how long nothing will be due: to append takes 4 ms at most; where the sector is full
   its successor is made, which takes 60 ms (400 ms by the worst case of datasheets) and is put off until there is time for
   it, the queue is half full, or this was called 256 times. Called by the main loop when nothing is due. */
void values_flush(uint32_t idle_us);

#endif
