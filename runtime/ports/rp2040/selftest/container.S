/* The container that the self-test measures, a payload by hand (SPEC.md section 4): an output and an input, and functions that do one thing. */
    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .equ SVC_GPIO_WRITE, 16 + 1
    .equ SVC_GPIO_WATCH, 16 + 3
    .equ NEED_GPIO_IN, 0
    .equ NEED_GPIO_OUT, 1
    .equ OUTPUT, 0
    .equ INPUT, 1

.macro entry function
    .word \function - code
.endm

.macro need kind
    .byte \kind
    .space 19
.endm

.macro name text
    .byte 0, 2f - 1f
1:  .ascii "\text"
2:
.endm

    /* The MPU fences 256 bytes at a multiple of 256. */
    .section .rodata.selftest, "a", %progbits
    .balign 256
    .global selftest_payload
selftest_payload:
    .ascii "thmb"
    .hword 1
    .byte 1, 1
    .word selftest_payload_end - selftest_payload
    .word selftest_payload_end - code
    .word 0
    .hword 0, 1, 0
    .hword 4
    .hword 5, 0
    .hword names_end - names, 0
    .byte 1, 0, 1, 0
    .space 32

    /* The description: its need for memory is filled in in the copy that is loaded. */
    .hword 1, 56
    .word 0, 1000
    .byte 2, 0, 0, 0
    need NEED_GPIO_OUT
    need NEED_GPIO_IN

    .word 1 << (SVC_GPIO_WRITE - 16) | 1 << (SVC_GPIO_WATCH - 16)
    entry nothing
    entry write_often
    entry turn_often
    entry watch
    entry follow
names:
    name "selftest"
    name "output"
    name "input"
names_end:
    .balign 4

code:
nothing:
    bx lr
    /* As often as r0 says. */
write_often:
    push {r4, lr}
    movs r4, r0
3:  movs r0, #OUTPUT
    movs r1, #1
    svc #SVC_GPIO_WRITE
    subs r4, #1
    bne 3b
    pop {r4, pc}
    /* The same without the call. */
turn_often:
    push {r4, lr}
    movs r4, r0
4:  movs r0, #OUTPUT
    movs r1, #1
    subs r4, #1
    bne 4b
    pop {r4, pc}
    /* Both edges, without debounce. */
watch:
    movs r0, #INPUT
    movs r1, #2
    movs r2, #0
    movs r3, #4
    svc #SVC_GPIO_WATCH
    bx lr
follow:
    movs r1, r0
    movs r0, #OUTPUT
    svc #SVC_GPIO_WRITE
    bx lr
    .balign 4, 0
selftest_payload_end:
    /* An error if that is behind already. */
    .org selftest_payload + 256
