/* The version of the firmware, that of the package: `hello` tells it, and the header of a firmware slot. */
#ifndef THIMBLE_VERSION_H
#define THIMBLE_VERSION_H

#define FIRMWARE_VERSION "0.1.0"

#endif
