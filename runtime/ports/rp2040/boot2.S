/*
 * What the boot ROM loads first: it copies these 252 bytes, and their CRC, which the build appends, to the end of the RAM and runs them (2.8.1).
 * They let the flash be read as memory, by command 03h, which every serial flash knows, at clk_sys / 4; then the first stage behind
 * them in the flash goes on.
 */
    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .equ SSI, 0x18000000
    .equ SSI_CTRLR0, 0x00
    .equ SSI_CTRLR1, 0x04
    .equ SSI_ENABLE, 0x08
    .equ SSI_BAUDR, 0x14
    .equ SPI_CTRLR0, 0xf4
    /* Frames of 32 bits on one line: an instruction and an address go out, data come in (4.10.13). */
    .equ READ_FRAMES, 31 << 16 | 3 << 8
    /* Command 03h, 8 bits of instruction, 24 of address, both on one line. */
    .equ READ_COMMAND, 0x03 << 24 | 2 << 8 | 6 << 2
    .equ FIRST_STAGE, 0x10000100

    .section .boot2, "ax", %progbits
    .global boot2
    .thumb_func
boot2:
    ldr r3, =SSI
    movs r0, #0
    movs r1, #4
    str r0, [r3, #SSI_ENABLE]
    str r1, [r3, #SSI_BAUDR]
    ldr r2, =READ_FRAMES
    str r2, [r3, #SSI_CTRLR0]
    str r0, [r3, #SSI_CTRLR1]
    movs r2, #SPI_CTRLR0
    ldr r1, =READ_COMMAND
    str r1, [r3, r2]
    movs r0, #1
    str r0, [r3, #SSI_ENABLE]
    /* The first stage begins as vectors do: stack, then entry. */
    ldr r0, =FIRST_STAGE
    ldm r0!, {r1, r2}
    msr msp, r1
    bx r2
    .ltorg
