/* Clearing, and the functions that a C compiler calls by itself. The routines of helpers/ do their work. */
    .syntax unified
    .cpu cortex-m0plus
    .thumb

/* void clear(void *from, void *to): whole lumps of 32 bytes, 13 cycles each. */
    .section .text.clear, "ax", %progbits
    .thumb_func
    .global clear
clear:
    push {r4, r5}
    movs r2, #0
    movs r3, #0
    movs r4, #0
    movs r5, #0
    b 2f
1:  stmia r0!, {r2-r5}
    stmia r0!, {r2-r5}
2:  cmp r0, r1
    blo 1b
    pop {r4, r5}
    bx lr

    .section .text.memcpy, "ax", %progbits
    .thumb_func
    .global memcpy, memmove
memcpy:
memmove:
    push {r0, lr}
    bl memory_copy
    pop {r0, pc}

    .section .text.memset, "ax", %progbits
    .thumb_func
    .global memset
memset:
    push {r0, lr}
    bl memory_fill
    pop {r0, pc}
