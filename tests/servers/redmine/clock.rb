# Loaded into Ruby before Redmine: its clock is ahead by the seconds that stand in a file.
class Time
  class << self
    alias_method :now_of_the_machine, :now

    def now(**zone)
      now_of_the_machine(**zone) + File.read(ENV.fetch('OKR_BRIDGE_AHEAD')).to_f
    end
  end
end
