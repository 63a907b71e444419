/** The worklist's island: uploads. */
