// SPDX-License-Identifier: Apache-2.0
//
// The program `mica`. Not built yet: says so and fails.
#include "version.gen.h"
#include <stdio.h>

int main(void)
{
    printf("mica " MICA_VERSION ": mica is not built yet\n");
    return 1;
}
