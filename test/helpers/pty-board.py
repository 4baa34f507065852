"""A board behind a pseudo terminal: prints the port's path, answers the first frame with the bytes of its argument (hexadecimal), and is unplugged when its input ends."""
import os, pty, select, sys, tty

board, port = pty.openpty()
tty.setraw(port)
print(os.ttyname(port), flush=True)
heard = b""
while True:
    ready, _, _ = select.select([board, sys.stdin], [], [])
    if board in ready:
        heard += os.read(board, 1024)
        if heard.strip(b"\0").find(b"\0") < 0 and heard.endswith(b"\0") and len(heard) > 2:
            os.write(board, bytes.fromhex(sys.argv[1]))
            heard = b""
    if sys.stdin in ready:
        break
