/* Where the chip begins, and who answers its exceptions. */
    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .section .vectors, "a", %progbits
    .global vectors
vectors:
    .word stack_top
    .word reset
    .word stray                 /* NMI */
    .word on_hard_fault
    .word stray, stray, stray   /* memory, bus and usage faults: never enabled, all arrive as hard faults */
    .word 0, 0, 0, 0
    .word on_svc
    .word stray, 0, stray       /* debug monitor, PendSV */
    .word on_tick
    /* the chip's own follow: .vectors.chip */

    .text
    .thumb_func
    .global reset
reset:
    ldr r0, =data_start
    ldr r1, =data_load
    ldr r4, =data_end
    subs r2, r4, r0
    bl memory_copy
    mov r0, r4                  /* where .bss begins */
    ldr r1, =bss_end
    bl clear                    /* and up to 28 bytes behind it, which nobody uses yet */
    bl kernel_main

    .thumb_func
on_hard_fault:
    mov r1, lr
    lsrs r1, r1, #3             /* bit 2 of EXC_RETURN: it was a container */
    bcc stray
    mrs r0, psp
    push {r3-r7, lr}
    add r1, sp, #4              /* r4 to r7 */
    bl sandbox_fault
    pop {r3-r7, pc}

/* The kernel itself has failed, perhaps by its stack. */
    .thumb_func
stray:
    ldr r0, =stack_top
    mov sp, r0
    mrs r0, ipsr
    bl chip_panic
