// SPDX-License-Identifier: Apache-2.0
//
// float_text.c - floats as text, both ways, to the letter as OTP writes them. Pure functions.
//
// The shortest text: of all decimals that read back as the same double the ones with the fewest
// digits, and of those the nearest. A decimal of 15 digits or fewer always survives the way through
// a double and back, so the 15-digit rounding, without its closing zeros, is the shortest if it
// reads back at all.
#include "term/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Decimal {
    char digits[20]; // no leading or closing zeros, but at least one digit
    int count;
    int exponent; // value is 0.d1d2... * 10^exponent
} Decimal;

// d rounded to n digits.
static void round_to_digits(double d, int n, Decimal *out) {
    ASSERT(n >= 1 && n <= 17);
    char text[40];
    int length = snprintf(text, sizeof text, "%.*e", n - 1, d);
    ASSERT(length > 0 && length < (int)sizeof text);
    int k = 0;
    const char *p = text;
    for (; *p != 'e'; p++) {
        if (*p >= '0' && *p <= '9') out->digits[k++] = *p;
    }
    ASSERT(k == n);
    out->count = n;
    out->exponent = atoi(p + 1) + 1;
}

static double value_of(const Decimal *d) {
    DEBUG_ASSERT(d->count >= 1 && d->count <= 17);
    char text[48];
    snprintf(text, sizeof text, "0.%.*se%d", d->count, d->digits, d->exponent);
    return strtod(text, NULL);
}

// The next larger decimal of as many digits.
static void increment(Decimal *d) {
    DEBUG_ASSERT(d->count >= 1);
    int i = d->count - 1;
    while (i >= 0 && d->digits[i] == '9') d->digits[i--] = '0';
    if (i >= 0) {
        d->digits[i]++;
        return;
    }
    d->digits[0] = '1';
    d->exponent++;
}

static bool try_digits(double d, int n, Decimal *out) {
    round_to_digits(d, n, out);
    if (value_of(out) == d) return true;
    // below a power of two doubles lie closer together than above: the nearest decimal may be on
    // the wrong side
    int exponent;
    if (frexp(d, &exponent) != 0.5) return false;
    increment(out);
    return value_of(out) == d;
}

static void shortest(double d, Decimal *out) {
    ASSERT(d > 0 && isfinite(d));
    int n = d < 2.3e-308 ? 1 : 15; // subnormals have fewer digits, and no 15-digit rule
    while (n < 17 && !try_digits(d, n, out)) n++;
    if (n == 17) round_to_digits(d, 17, out);
    while (out->count > 1 && out->digits[out->count - 1] == '0') out->count--;
}

// Fixed or scientific: which one OTP's rule picks (the shorter one, mostly).
static bool is_fixed(const Decimal *d) {
    int scale = d->exponent - d->count; // the value is an integer of count digits times 10^scale
    int low = -(d->count + 2), high = 1;
    if (d->count == 1) {
        low = -4;
        high = 2;
    } else if (d->exponent - 1 >= 10) {
        high = 2;
    }
    if (scale < low || scale > high) return false;
    // integers from 2^53 on have neighbours that the text would not show
    uint64_t value = 0;
    for (int i = 0; i < d->count; i++) value = value * 10 + (uint64_t)(d->digits[i] - '0');
    if (scale == 0 && value >= (uint64_t)1 << 53) return false;
    if (scale == 1 && value > ((uint64_t)1 << 52) / 5) return false;
    return !(scale == 2 && value > ((uint64_t)1 << 51) / 25);
}

size_t float_to_text_shortest(double d, char *out) {
    ASSERT(isfinite(d));
    char *p = out;
    if (signbit(d)) *p++ = '-';
    if (d == 0) {
        memcpy(p, "0.0", 4);
        return (size_t)(p - out) + 3;
    }
    Decimal x;
    shortest(fabs(d), &x);
    if (!is_fixed(&x)) {
        *p++ = x.digits[0];
        *p++ = '.';
        if (x.count == 1) *p++ = '0';
        memcpy(p, x.digits + 1, (size_t)x.count - 1);
        p += x.count - 1;
        p += snprintf(p, 8, "e%d", x.exponent - 1);
        return (size_t)(p - out);
    }
    if (x.exponent <= 0) {
        *p++ = '0';
        *p++ = '.';
        for (int i = x.exponent; i < 0; i++) *p++ = '0';
        memcpy(p, x.digits, (size_t)x.count);
        p += x.count;
    } else {
        for (int i = 0; i < MAX(x.count, x.exponent); i++) {
            if (i == x.exponent) *p++ = '.';
            *p++ = i < x.count ? x.digits[i] : '0';
        }
        if (x.count <= x.exponent) {
            *p++ = '.';
            *p++ = '0';
        }
    }
    *p = 0;
    ASSERT(p - out < 32);
    return (size_t)(p - out);
}

static size_t drop_zeros(const char *out, size_t n) {
    DEBUG_ASSERT(n > 0);
    while (n > 1 && out[n - 1] == '0') n--;
    if (out[n - 1] == '.') n++;
    return n;
}

size_t float_to_text_decimals(double d, int decimals, bool compact, char *out, size_t room) {
    ASSERT(isfinite(d) && room > 0);
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                    1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
    if (decimals < 0) return 0;
    double magnitude = fabs(d);
    if (magnitude > 9007199254740992.0 || decimals >= (int)ARRAY_COUNT(powers)) {
        int n = snprintf(out, room, "%.*f", decimals, d);
        if (n < 0 || (size_t)n >= room) return 0;
        return compact ? drop_zeros(out, (size_t)n) : (size_t)n;
    }
    // OTP scales the fraction and rounds it half up: its last digit differs from printf's now and
    // then
    double whole = decimals == 0 ? round(magnitude) : floor(magnitude);
    double fraction = decimals == 0 ? 0 : round((magnitude - whole) * powers[decimals]);
    uint64_t high = (uint64_t)whole, low = (uint64_t)fraction;
    if (decimals > 0 && fraction >= powers[decimals]) {
        high++;
        low = 0;
    }
    const char *sign = signbit(d) ? "-" : "";
    int n = decimals == 0 ? snprintf(out, room, "%s%llu", sign, (unsigned long long)high)
                          : snprintf(out, room, "%s%llu.%0*llu", sign, (unsigned long long)high,
                                     decimals, (unsigned long long)low);
    if (n < 0 || (size_t)n >= room) return 0;
    return compact && decimals > 0 ? drop_zeros(out, (size_t)n) : (size_t)n;
}

size_t float_to_text_scientific(double d, int decimals, char *out, size_t room) {
    int n = snprintf(out, room, "%.*e", decimals, d); // a negative count means printf's own, 6
    return n < 0 || (size_t)n >= room ? 0 : (size_t)n;
}

bool float_from_text(const char *text, size_t count, double *out) {
    char few[64];
    char *copy = count < sizeof few ? few : mem_alloc(count + 1);
    size_t i = 0;
    bool good = false;
    memcpy(copy, text, count);
    copy[count] = 0;
    if (copy[i] == '+' || copy[i] == '-') i++;
    size_t from = i;
    while (copy[i] >= '0' && copy[i] <= '9') i++;
    if (i == from || (copy[i] != '.' && copy[i] != ',')) goto done;
    copy[i++] = '.';
    from = i;
    while (copy[i] >= '0' && copy[i] <= '9') i++;
    if (i == from) goto done;
    if (copy[i] == 'e' || copy[i] == 'E') {
        i++;
        if (copy[i] == '+' || copy[i] == '-') i++;
        from = i;
        while (copy[i] >= '0' && copy[i] <= '9') i++;
        if (i == from) goto done;
    }
    if (i != count) goto done;
    *out = strtod(copy, NULL);
    good = isfinite(*out);
done:
    if (copy != few) mem_free(copy);
    return good;
}
