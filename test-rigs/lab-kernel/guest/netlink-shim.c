/*
 * fwupd 2.0.20 with libusb 1.0.26, as Debian 12 ships them: both want the netlink port whose number is the process's, libusb comes first, and fwupd then
 * sees no USB device at all in whatever waits for hot-plug. Preloaded, this lets the kernel choose another port where that one is taken. (Upstream
 * changed the order since.) No header is needed, so that a compiler alone is enough.
 */
typedef int (*bind_function)(int, const void *, unsigned int);
struct netlink_address { unsigned short family, padding; unsigned int port, groups; };

extern void *dlsym(void *, const char *);
extern int *__errno_location(void);

int bind(int socket, const void *address, unsigned int length)
{
    const int af_netlink = 16, eaddrinuse = 98;
    bind_function next = (bind_function)dlsym((void *)-1L, "bind");
    int result = next(socket, address, length);
    if (result < 0 && *__errno_location() == eaddrinuse && *(const unsigned short *)address == af_netlink) {
        struct netlink_address other = *(const struct netlink_address *)address;
        other.port = 0;
        result = next(socket, &other, sizeof other);
    }
    return result;
}
