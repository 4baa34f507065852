/** What a need is wired to: one entry of the resolved `wiring` part of a rig, in the order of the manifest's needs. */
export type Connection =
  | {
      readonly kind: "gpio";
      /** GPIO number. */ readonly pin: number;
      readonly activeLow: boolean;
      readonly pull: Pull;
    }
  | { readonly kind: "pwm"; readonly pin: number }
  | {
      readonly kind: "adc";
      readonly pin: number;
      /** ADC input, 0 to 2 on a Pico. */ readonly channel: number;
    }
  | {
      readonly kind: "i2c";
      readonly bus: number;
      readonly sda: number;
      readonly scl: number;
      readonly hertz: number;
      /** 7-bit, right-aligned. */
      readonly address: number;
    }
  | {
      readonly kind: "spi";
      readonly bus: number;
      readonly sck: number;
      readonly mosi: number;
      readonly miso: number;
      readonly cs: number;
      readonly hertz: number;
      readonly mode: 0 | 1 | 2 | 3;
    }
  | {
      readonly kind: "uart";
      readonly port: number;
      readonly tx: number;
      readonly rx: number;
      readonly baud: number;
    }
  | { readonly kind: "topic"; readonly topic: string };

/** The resistor inside the chip that holds an open input. */
export type Pull = "none" | "up" | "down";
