/*
 * Into a container and out of it. The kernel runs privileged in thread mode on the main stack, a container unprivileged in
 * thread mode on the process stack, so bit 2 of EXC_RETURN says whom an exception has interrupted.
 */
    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .equ SYST_CSR, 0xE000E010
    .equ SYST_CVR, 8            /* from there */
    .equ SYST_ON, 7             /* by the core's clock, with its exception */
    .equ THREAD_MAIN, 6         /* inverted: EXC_RETURN to thread mode on the main stack */
    .equ XPSR_THUMB, 24
    .equ FRAME_BEFORE_PC, 24    /* bytes of an exception frame */

/* The kernel is compiled without r8 to r11 (runtime/firmware/arm.ts): there is nothing in them to keep. */
    .section .text.sandbox, "ax", %progbits
    .balign 4

/*
 * uint32_t sandbox_enter(uint32_t address, int32_t value). Keeps the kernel's registers on its stack and lays an exception
 * frame there: returning by it is how a container leaves, from whatever exception. The container gets `value` in r0 and
 * nothing else of the kernel's.
 */
    .global sandbox_enter
    .type sandbox_enter, %function
    .thumb_func
sandbox_enter:
    push {r3-r7, lr}
    adr r2, left
    movs r3, #1
    lsls r3, r3, #XPSR_THUMB
    push {r2, r3}
    sub sp, #FRAME_BEFORE_PC
    ldr r2, =sandbox
    mov r3, sp
    stmia r2!, {r3}             /* kernel_stack */
    ldmia r2!, {r3, r4}         /* instance, memory */
    mov r8, r4
    mov r10, r3
    subs r3, #4
    str r0, [r3]
    msr psp, r3
    ldr r3, =helpers
    mov r9, r3
    ldr r2, =SYST_CSR
    movs r3, #SYST_ON
    str r3, [r2, #SYST_CVR]     /* begins anew, whatever is written */
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
    ldr r7, =exit
    mov lr, r7
    subs r7, #exit - drop_privilege
    bx r7

    .balign 4
left:
    pop {r3-r7, pc}

/* void sandbox_leave(uint32_t trap_code), of an exception that has interrupted the container. */
    .global sandbox_leave
    .type sandbox_leave, %function
    .thumb_func
sandbox_leave:
    movs r1, #0
    msr control, r1
    ldr r2, =SYST_CSR
    str r1, [r2]
    ldr r2, =sandbox
    ldr r2, [r2]                /* kernel_stack */
    str r0, [r2]
    msr msp, r2
    movs r1, #THREAD_MAIN
    mvns r1, r1
    bx r1

/* The last steps in and the first one out are taken where containers may execute. */
    .section .helpers, "ax", %progbits
    .balign 4
drop_privilege:
    movs r7, #3
    msr control, r7
    isb
    movs r7, #0
    pop {pc}
    .global container_exit
container_exit:
    .thumb_func
exit:
    svc #0
