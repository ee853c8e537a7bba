#pragma once
/* The declarations of PKCS#11 alone, from libp11-kit-dev. By its path, and not by pkg-config, which would
   have the linker put the library itself into the signer. */
#include </usr/include/p11-kit-1/p11-kit/pkcs11.h>
