package io.agilelens.app;

/** The version of this build. */
public final class Version {
    private Version() {}

    /** As the jar's manifest says; {@code "development"} when run from class folders. */
    public static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
