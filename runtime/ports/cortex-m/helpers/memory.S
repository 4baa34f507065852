/* Ranges of memory. Words are copied where both addresses are at the same distance from one. */
#include "asm.h"

/* r0 = destination, r1 = source, r2 = bytes. */
function memory_copy, 16
    push {r4-r6, lr}
    subs r3, r0, r1
    lsls r4, r3, #30
    cmp r3, r2
    blo copy_down
    cmp r4, #0
    bne copy_bytes
    b 2f
1:  subs r2, #1
    blo copied
    ldrb r3, [r1]
    strb r3, [r0]
    adds r0, #1
    adds r1, #1
2:  lsls r3, r0, #30
    bne 1b
    subs r2, #16
    blo 4f
3:  ldmia r1!, {r3-r6}
    stmia r0!, {r3-r6}
    subs r2, #16
    bhs 3b
4:  adds r2, #12
    blt 6f
5:  ldmia r1!, {r3}
    stmia r0!, {r3}
    subs r2, #4
    bge 5b
6:  adds r2, #4
copy_bytes:
    cmp r2, #0
    beq copied
    adds r0, r0, r2
    adds r1, r1, r2
    rsbs r2, r2, #0
7:  ldrb r3, [r1, r2]
    strb r3, [r0, r2]
    adds r2, #1
    bne 7b
copied:
    pop {r4-r6, pc}

    /* From the end on, for a destination inside the source. There is a byte at least. */
copy_down:
    cmp r4, #0
    bne 10f
    b 9f
8:  subs r2, #1
    ldrb r3, [r1, r2]
    strb r3, [r0, r2]
9:  adds r3, r0, r2
    lsls r3, r3, #30
    beq 12f
    cmp r2, #0
    bne 8b
    pop {r4-r6, pc}
11: ldr r3, [r1, r2]
    str r3, [r0, r2]
12: subs r2, #4
    bhs 11b
    adds r2, #4
    beq copied
10: subs r2, #1
    ldrb r3, [r1, r2]
    strb r3, [r0, r2]
    bne 10b
    pop {r4-r6, pc}

/* r0 = destination, r1 = byte, r2 = bytes. */
function memory_fill, 12
    push {r4, r5, lr}
    uxtb r1, r1
    lsls r3, r1, #8
    orrs r1, r3
    lsls r3, r1, #16
    orrs r1, r3
    b 2f
1:  subs r2, #1
    blo filled
    strb r1, [r0]
    adds r0, #1
2:  lsls r3, r0, #30
    bne 1b
    movs r3, r1
    movs r4, r1
    movs r5, r1
    subs r2, #16
    blo 4f
3:  stmia r0!, {r1, r3, r4, r5}
    subs r2, #16
    bhs 3b
4:  adds r2, #12
    blt 6f
5:  stmia r0!, {r1}
    subs r2, #4
    bge 5b
6:  adds r2, #4
    beq filled
    adds r0, r0, r2
    rsbs r2, r2, #0
7:  strb r1, [r0, r2]
    adds r2, #1
    bne 7b
filled:
    pop {r4, r5, pc}
