/** The bytes of golden/<name>.hex: per line hex, then two spaces and what it is; # starts a comment. */
export declare function readGolden(name: string): Buffer
