package io.agilelens.views.settings;

/** What the settings need of the application beside the looks. */
public interface SettingsHost {

    /** Threads that compute from the next start on; 0 for one each processor. */
    int threads();

    /** Threads that compute now. */
    int threadsNow();

    /** Chooses the threads of the next start. */
    void setThreads(int threads);

    /** Whether there is somewhere to keep threads for the next start. */
    boolean keeps();

    /** The folder for what can be made again. */
    String cacheFolder();

    /** Forgets which kernels were measured as faster, in the background. */
    void forgetKernels();

    /** Gives zones and window their usual sizes. */
    void resetLayout();
}
