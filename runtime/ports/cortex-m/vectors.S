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
    ldr r2, =data_end
    subs r2, r2, r0
    bl memory_copy
    ldr r0, =bss_start
    ldr r1, =bss_end
    bl clear                    /* and up to 28 bytes behind it, which nobody uses yet */
    bl kernel_main

    .thumb_func
stray:
    mrs r0, ipsr
    bl chip_panic
