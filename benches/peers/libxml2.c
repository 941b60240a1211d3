/* The stream validation of libxml2 (xmlSchemaValidateStream: SAX, no tree) over files of berichten.
 *
 *     libxml2 FILE XSD...
 *
 * Prints for each line on stdin the CPU seconds of one pass over FILE; berichten in it are parted by NUL. A bericht is
 * checked by the XSD whose file name is in the namespace of its root. Ends with an error when one is not valid. */
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST 16

static xmlSchemaPtr schemas[MOST];
static char names[MOST][16];
static int count;

static void load(const char *path) {
    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    snprintf(names[count], sizeof names[count], "/%.*s/", (int)strcspn(name, "."), name);
    xmlSchemaParserCtxtPtr parser = xmlSchemaNewParserCtxt(path);
    schemas[count] = xmlSchemaParse(parser);
    xmlSchemaFreeParserCtxt(parser);
    if (!schemas[count++]) exit(3);
}

static xmlSchemaPtr schema_of(const char *bericht) {
    for (int i = 0; i < count; i++) {
        const char *at = strstr(bericht, names[i]);
        if (at && at - bericht < 300) return schemas[i];
    }
    exit(4);
}

static void check(const char *bericht, size_t length) {
    xmlSAXHandler nothing;
    memset(&nothing, 0, sizeof nothing);
    nothing.initialized = XML_SAX2_MAGIC;
    xmlParserInputBufferPtr input = xmlParserInputBufferCreateMem(bericht, (int)length, XML_CHAR_ENCODING_NONE);
    xmlSchemaValidCtxtPtr context = xmlSchemaNewValidCtxt(schema_of(bericht));
    int outcome = xmlSchemaValidateStream(context, input, XML_CHAR_ENCODING_UTF8, &nothing, NULL);
    xmlSchemaFreeValidCtxt(context);
    if (outcome != 0) exit(5);
}

static double cpu_seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
    xmlInitParser();
    for (int i = 2; i < argc && count < MOST; i++) load(argv[i]);
    FILE *file = fopen(argv[1], "rb");
    if (!file) return 2;
    fseek(file, 0, SEEK_END);
    size_t size = ftell(file);
    rewind(file);
    char *bytes = calloc(size + 1, 1);
    if (fread(bytes, 1, size, file) != size) return 2;
    for (int c; (c = getchar()) != EOF;) {
        if (c != '\n') continue;
        double before = cpu_seconds();
        for (char *at = bytes; at < bytes + size; at += strlen(at) + 1) check(at, strlen(at));
        printf("%.6f\n", cpu_seconds() - before);
        fflush(stdout);
    }
}
