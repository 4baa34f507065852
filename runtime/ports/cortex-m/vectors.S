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
    ldr r1, =data_end
    ldr r2, =data_load
    b 2f
1:  ldmia r2!, {r3}
    stmia r0!, {r3}
2:  cmp r0, r1
    blo 1b
    ldr r0, =bss_start
    ldr r1, =bss_end
    movs r2, #0
    b 4f
3:  stmia r0!, {r2}
4:  cmp r0, r1
    blo 3b
    bl kernel_main

    .thumb_func
stray:
    mrs r0, ipsr
    bl chip_panic
