/* Shared by the assembly sources. */
    .syntax unified
    .cpu cortex-m0plus
    .thumb

/* A function, and the deepest its stack gets in bytes, what it calls included, under the name that the build reads it by. */
.macro function name, stack=0
    .text
    .balign 4
    .global \name
    .type \name, %function
    .thumb_func
    .global stack_\name
    .set stack_\name, \stack
\name:
.endm

/* Another name of a function, with the same stack. */
.macro also_named other, name, stack
    .global \other
    .thumb_set \other, \name
    .global stack_\other
    .set stack_\other, \stack
.endm
