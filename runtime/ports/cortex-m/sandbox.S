/*
 * Into a container and out of it. The kernel runs privileged in thread mode on the main stack, a container unprivileged in
 * thread mode on the process stack, so bit 2 of EXC_RETURN says whom an exception has interrupted.
 */
    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .equ SYST_CSR, 0xE000E010
    .equ SYST_ON, 7             /* by the core's clock, with its exception */
    .equ THREAD_MAIN, 6         /* inverted: EXC_RETURN to thread mode on the main stack */
    .equ XPSR_THUMB, 24

    /* struct sandbox */
    .equ KERNEL_STACK, 0
    .equ INSTANCE, 4
    .equ MEMORY, 8

.macro function name
    .section .text.\name, "ax", %progbits
    .balign 4
    .global \name
    .type \name, %function
    .thumb_func
\name:
.endm

/*
 * uint32_t sandbox_enter(uint32_t address, int32_t value). Keeps the kernel's registers on its stack and lays an exception
 * frame there: returning by it is how a container leaves, from whatever exception. The container gets `value` in r0 and
 * nothing else of the kernel's.
 */
function sandbox_enter
    push {r3-r7, lr}
    mov r4, r8
    mov r5, r9
    mov r6, r10
    mov r7, r11
    push {r4-r7}
    sub sp, #32
    ldr r2, =left
    str r2, [sp, #24]
    movs r2, #1
    lsls r2, r2, #XPSR_THUMB
    str r2, [sp, #28]
    ldr r2, =sandbox
    mov r3, sp
    str r3, [r2, #KERNEL_STACK]
    ldr r3, [r2, #MEMORY]
    mov r8, r3
    ldr r3, =helpers
    mov r9, r3
    ldr r3, [r2, #INSTANCE]
    mov r10, r3
    subs r3, #4
    str r0, [r3]
    msr psp, r3
    ldr r2, =SYST_CSR
    movs r3, #SYST_ON
    str r3, [r2]
    mov r0, r1
    movs r1, #0
    movs r2, #0
    movs r3, #0
    movs r4, #0
    movs r5, #0
    movs r6, #0
    mov r11, r1
    mov r12, r1
    ldr r7, =container_exit
    mov lr, r7
    ldr r7, =drop_privilege
    bx r7

left:
    pop {r4-r7}
    mov r8, r4
    mov r9, r5
    mov r10, r6
    mov r11, r7
    pop {r3-r7, pc}

/* The last steps in and the first one out are taken where containers may execute. */
    .section .helpers, "ax", %progbits
    .balign 4
    .thumb_func
drop_privilege:
    movs r7, #3
    msr control, r7
    isb
    movs r7, #0
    pop {pc}
    .thumb_func
container_exit:
    svc #0

/* void sandbox_leave(uint32_t trap_code), of an exception that has interrupted the container. */
function sandbox_leave
    movs r1, #0
    msr control, r1
    ldr r2, =SYST_CSR
    str r1, [r2]
    ldr r2, =sandbox
    ldr r2, [r2, #KERNEL_STACK]
    str r0, [r2]
    msr msp, r2
    movs r1, #THREAD_MAIN
    mvns r1, r1
    bx r1

/* Goes on with r0 = the container's frame; to \kernel if it is the kernel that was interrupted. */
.macro frame_of_container kernel
    mov r1, lr
    lsrs r1, r1, #3
    bcc \kernel
    mrs r0, psp
.endm

/*
 * An SVC that finds the kernel interrupted is an old one: a container moved its stack pointer away, its SVC could not be stacked
 * and was still pending when the fault had ended the container. To obey it would let the dead back in.
 */
function on_svc
    frame_of_container 1f
    ldr r1, =sandbox_host_call
    bx r1
1:  bx lr

/* Ranks below SVC: a host call comes to its end, but no instruction of the container does after it. */
function on_tick
    frame_of_container 1f
    ldr r1, =sandbox_tick
    bx r1
1:  bx lr

function on_hard_fault
    frame_of_container 1f
    push {r3-r7, lr}
    add r1, sp, #4
    bl sandbox_fault
    pop {r3-r7, pc}
1:  ldr r1, =stack_top
    mov sp, r1
    mrs r0, ipsr
    bl chip_panic
