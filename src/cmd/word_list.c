// SPDX-License-Identifier: Apache-2.0
//
// word_list.c - lists of command-line words; see word_list.h.
#include "cmd/word_list.h"

#include "base/alloc.h"

void word_list_add(WordList *list, const char *word) {
    ASSERT(list != NULL && word != NULL);
    if (list->count + 2 > list->capacity) {
        list->capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        list->words = mem_realloc(list->words, (size_t)list->capacity * sizeof(char *));
    }
    size_t bytes = strlen(word) + 1;
    char *copy = mem_alloc(bytes);
    memcpy(copy, word, bytes);
    list->words[list->count++] = copy;
    list->words[list->count] = NULL;
    ASSERT(list->count < list->capacity);
}

void word_list_add_all(WordList *list, const WordList *more) {
    ASSERT(list != more);
    for (int i = 0; i < more->count; i++) word_list_add(list, more->words[i]);
}

void word_list_free(WordList *list) {
    for (int i = 0; i < list->count; i++) mem_free(list->words[i]);
    mem_free(list->words);
    *list = (WordList){0};
}

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/** Appends one word, from *text on, to out; moves *text behind it. */
static void take_word(const char **text, char *out, bool comments) {
    const char *s = *text;
    while (*s != '\0' && !is_blank(*s) && !(comments && *s == '#')) {
        if (*s == '\'' || *s == '"') {
            char quote = *s++;
            while (*s != '\0' && *s != quote) *out++ = *s++;
            if (*s == quote) s++;
        } else if (*s == '\\') {
            s++;
            if (*s != '\0') *out++ = *s++;
        } else {
            *out++ = *s++;
        }
    }
    *out = '\0';
    *text = s;
}

void word_list_split(WordList *list, const char *text, bool comments) {
    ASSERT(list != NULL && text != NULL);
    char *word = mem_alloc(strlen(text) + 1);
    const char *s = text;
    for (;;) {
        while (is_blank(*s)) s++;
        if (comments && *s == '#') {
            while (*s != '\0' && *s != '\n') s++;
            continue;
        }
        if (*s == '\0') break;
        take_word(&s, word, comments);
        word_list_add(list, word);
    }
    mem_free(word);
}
